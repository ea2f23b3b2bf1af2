import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { parse } from 'yaml'
import { yamlOf } from './yaml.ts'

/** Each is another value where it stands bare in YAML 1.1, or none at all. */
const words = [
  ...['no', 'NO', 'off', 'on', 'y', 'yes', 'true', 'null', '~', '', '=', '<<'],
  ...['2026-01-01', '2026-05-01T12:00:00.000Z', '2001-12-14 21:59:43.10 -5'],
  ...['1:30', '190:20:30.15', '017', '0x1f', '0b101', '1_000', '1e3', '.5', '.inf', '.NaN'],
  ...[
    'tab\there',
    'two\nlines',
    'cr\rhere',
    'next\u0085line',
    'c1\u0080',
    'ls\u2028ps\u2029',
    '\uFEFFbom',
    ' both ',
    'turned\u202eround',
    'zero\u200bwidth\u{e0041}',
    'x: y',
    '#x',
  ],
]
const value = { list: words, map: Object.fromEntries(words.map((word) => [word, word])) }

test('what is text stays text in YAML 1.1 and 1.2, as a value and as a key', async () => {
  const text = await yamlOf(value)
  for (const version of ['1.1', '1.2'] as const) {
    assert.deepEqual(parse(text, { version, merge: false }), value, version)
  }
  assert.equal(await yamlOf({ name: 'xem-1', at: 7, gone: null }), 'name: xem-1\nat: 7\ngone: null\n')
})

test('nothing in it is unseen or turns the text around', async () => {
  assert.doesNotMatch(await yamlOf(value), /[^\P{C}\n]|\p{Default_Ignorable_Code_Point}|[\p{Zl}\p{Zp}]/u)
})

const python = (program: string, input = '') => spawnSync('python3', ['-c', program], { input, encoding: 'utf8' })
const skip = python('import yaml').status === 0 ? false : 'python3 with yaml is not installed here'

test("Python's parser reads the same", { skip }, async () => {
  const read = python(
    'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer)))',
    await yamlOf(value),
  )
  assert.deepEqual(JSON.parse(read.stdout), value, read.stderr)
})
