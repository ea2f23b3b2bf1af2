// The measures themselves, on small examples.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { betweenFolders, circles } from './circles.ts'
import { claimsOf } from './claims.ts'
import { commentLinesOf } from './comments.ts'
import { functionsOf } from './functions.ts'
import { importsOf } from './imports.ts'
import { parse } from './parse.ts'

const parsed = (...lines: string[]) => parse({ path: 'packages/a/b.ts', text: lines.join('\n') })

test('a named function inside is no part of what is read in one go, and one without a name is', () => {
  const found = functionsOf(
    parsed(
      'export function outer() {',
      '  const inner = () => {',
      '    return 1',
      '  }',
      '  return [1].map((each) => {',
      '    return each + inner()',
      '  })',
      '}',
    ),
  )
  assert.deepEqual(
    found.map(({ name, line, lines, ownLines }) => ({ name, line, lines, ownLines })),
    [
      { name: 'inner', line: 2, lines: 3, ownLines: 3 },
      { name: 'outer', line: 1, lines: 8, ownLines: 5 },
    ],
  )
})

test('a method, a property and a test have names, and so has a function that stands alone', () => {
  const text = [
    'class A { m() {} }',
    'const a = { p: () => 1, q() {} }',
    "test('says so', () => {})",
    'run(() => {})',
    'export { A, a }',
  ]
  const names = functionsOf(parsed(...text)).map(({ name }) => name)
  assert.deepEqual(names, ['m', 'p', 'q', 'says so', 'without a name'])
})

test('a circle is what reaches itself through others, and two that meet are one', () => {
  const edges = ['a→b', 'b→a', 'b→c', 'c→b', 'c→d', 'd→e', 'e→d', 'f→a', 'g→g'].map((arrow) => {
    const [from = '', to = ''] = arrow.split('→')
    return { from, to }
  })
  assert.deepEqual(
    circles(edges)
      .map((circle) => circle.join(''))
      .sort(),
    ['abc', 'de'],
  )
})

test('folders are in a circle when files of each import files of the other', () => {
  const edges = [
    { from: 'x/a.ts', to: 'y/a.ts' },
    { from: 'y/b.ts', to: 'x/b.ts' },
  ]
  assert.deepEqual(circles(edges), [])
  assert.deepEqual(circles(betweenFolders(edges)), [['x', 'y']])
})

test('imports and exports are found however they are written, and a text that looks like one is not', () => {
  const text = [
    "import { a, type B } from './a.ts'",
    "import type { C } from './c.ts'",
    "import { type D } from './d.ts'",
    "import './e.ts'",
    "export { f } from '@xerotier/protocol/f.ts'",
    "const g = await import('node:fs')",
    `const text = "import { h } from './h.ts'"`,
    'export { g, text }',
  ]
  assert.deepEqual(
    importsOf(parsed(...text)).map(({ to, typeOnly }) => `${to}${typeOnly ? ' as type' : ''}`),
    [
      'packages/a/a.ts',
      'packages/a/c.ts as type',
      'packages/a/d.ts as type',
      'packages/a/e.ts',
      'packages/protocol/f.ts',
      'node:fs',
    ],
  )
})

test('`as const` claims nothing, `as` and `!` do', () => {
  assert.deepEqual(
    claimsOf(parsed('const a = [1] as const', 'const b = a as unknown as string', 'const c = b!.length + a[0]!')),
    {
      as: 2,
      bang: 2,
    },
  )
})

test('each line of a comment is measured to its end', () => {
  const found = commentLinesOf(parsed('const a = 1 // one', '/**', ' * two', ' */', 'export { a }'))
  assert.deepEqual(
    found.map(({ line, columns }) => [line, columns]),
    [
      [1, 18],
      [2, 3],
      [3, 6],
      [4, 3],
    ],
  )
})
