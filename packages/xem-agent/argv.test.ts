import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ArgvError, type CommandTemplate, renderArgv } from './argv.ts'
import { type CommandSource, parseCommand } from './tools/command-template.ts'

const properties = {
  ns: { type: 'string' },
  name: { type: 'string' },
  count: { type: 'integer' },
  all: { type: 'boolean' },
  ids: { type: 'array', items: { type: 'string' } },
  anything: { type: 'object' },
}
const render = (source: CommandSource, args: Record<string, unknown>) =>
  renderArgv(parseCommand(source, properties), args)

test('a word of the template is a word of the argv, whatever is in the value', () => {
  const argv = render(['kubectl', 'get', '--namespace={ns}', '--', '{name}'], { ns: 'a b; $(id)', name: '-rf "x"' })
  assert.deepEqual(argv, ['get', '--namespace=a b; $(id)', '--', '-rf "x"'])
})

test('words of an argument that is absent are dropped, together with those they stand with', () => {
  const source = ['x', ['-n', '{ns}'], '--replicas={count}', '{ids}', { if: 'all', add: ['--all', '-v'] }, 'end']
  assert.deepEqual(render(source, {}), ['end'])
  assert.deepEqual(render(source, { ns: 'a', count: 0, ids: ['p', 'q'], all: true }), [
    '-n',
    'a',
    '--replicas=0',
    'p',
    'q',
    '--all',
    '-v',
    'end',
  ])
  assert.deepEqual(render(source, { ids: [], all: false }), ['end'])
})

test('an array repeats the prefix of its word', () => {
  assert.deepEqual(render(['x', '--label={ids}'], { ids: ['a=1', '-b'] }), ['--label=a=1', '--label=-b'])
})

test('a value where options stand cannot be an option, not even after an option that wants a value', () => {
  for (const source of [
    ['x', '{name}'],
    ['x', ['--ids', '{name}']],
    ['x', '{name}/{ns}'],
  ] as CommandSource[]) {
    for (const name of ['--kubeconfig=/x', '-x', '-']) {
      assert.throws(() => render(source, { name, ns: 'n' }), new ArgvError('name', 'must not begin with a hyphen'))
    }
  }
  assert.throws(
    () => render(['x', '{ids}', '--', '{name}'], { ids: ['ok', '--endpoint-url=http://evil'], name: 'n' }),
    ArgvError,
  )
  assert.deepEqual(render(['x', '--', '{name}'], { name: '--kubeconfig=/x' }), ['--', '--kubeconfig=/x'])
})

test('an empty value does not give its place as the beginning of a word to an option', () => {
  const refused = (word: string, args: Record<string, unknown>, argument: string, reason: string) =>
    assert.throws(() => render(['x', word], args), new ArgvError(argument, reason), word)
  refused('{name}{ns}', { name: '', ns: '--evil=1' }, 'ns', 'must not begin with a hyphen')
  refused('{name}{ids}', { name: '', ids: ['ok', '-e'] }, 'ids', 'must not begin with a hyphen')
  refused('{ns}-{name}', { ns: '', name: '-evil' }, 'ns', 'must not be empty')
  assert.deepEqual(render(['x', '--', '{name}{ns}'], { name: '', ns: '--evil=1' }), ['--', '--evil=1'])
})

test('no word that begins with a placeholder begins with a hyphen before `--`, and no other word is refused', () => {
  const text = fc.string({ unit: fc.constantFrom('-', 'e', '='), maxLength: 3 })
  const word = fc
    .tuple(
      fc.constantFrom('{name}', '{ns}', '{ids}'),
      fc.array(fc.constantFrom('{name}', '{ns}', '{ids}', '-', '=', 'e'), { maxLength: 4 }),
    )
    .map(([first, rest]) => [first, ...rest].join(''))
    .filter((one) => one.split('{ids}').length <= 2)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), text, text, fc.array(text), (words, name, ns, ids) => {
      const filled = words.flatMap((one) =>
        (one.includes('{ids}') ? ids : ['']).map((id) =>
          one.replaceAll('{name}', name).replaceAll('{ns}', ns).replace('{ids}', id),
        ),
      )
      const argv = () => render(['x', ...words, '--', ...words], { name, ns, ids })
      if (filled.some((one) => one.startsWith('-'))) assert.throws(argv, ArgvError)
      else assert.deepEqual(argv(), [...filled, '--', ...filled])
    }),
  )
})

test('no value of any kind becomes an option or another word', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.string()), (name, ns, ids) => {
      let argv: string[]
      try {
        argv = render(['x', '--ns={ns}', '{name}', '--', '{ids}'], { name, ns, ids })
      } catch (error) {
        return error instanceof ArgvError && (name.startsWith('-') || `${name}${ns}${ids.join('')}`.includes('\0'))
      }
      const end = ids.length === 0 ? argv.length - 1 : argv.indexOf('--', 2)
      return argv[0] === `--ns=${ns}` && argv[1] === name && end === 2 && argv.length === 3 + ids.length
    }),
  )
})

test('a template that lets a value choose the program, or names what is not there, does not load', () => {
  const refusals: [CommandSource, RegExp][] = [
    [['{name}'], /program of a command cannot be a placeholder/],
    [[''], /first word/],
    [['bash', '-c', '{name}'], /cannot be bash/],
    [['/usr/bin/env', 'x'], /cannot be env/],
    [['x', '{nothing}'], /no property of input_schema/],
    [['x', '{anything}'], /must have one of the types/],
    [['x', 'a{b'], /lone brace/],
    [['x', { if: 'name', add: ['-v'] }], /must name a boolean/],
    [['x', ['{ids}', '{ids}']], /one array only/],
  ]
  for (const [source, reason] of refusals)
    assert.throws(() => parseCommand(source, properties), reason, source.join(' '))
})

test('braces that are meant are written twice', () => {
  assert.deepEqual(render(['x', '{{"a":"{name}"}}'], { name: 'v' }), ['{"a":"v"}'])
})

test('what every object inherits is no argument', () => {
  const template: CommandTemplate = {
    program: 'p',
    steps: [
      { elements: [[{ literal: '--a=' }, { placeholder: 'toString' }]], onlyIf: undefined },
      { elements: [[{ literal: '-v' }]], onlyIf: 'constructor' },
      { elements: [[{ literal: 'end' }]], onlyIf: undefined },
    ],
  }
  assert.deepEqual(renderArgv(template, {}), ['end'])
  assert.deepEqual(renderArgv(template, { toString: 'x', constructor: true }), ['--a=x', '-v', 'end'])
})
