import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { UsageError } from '../../exit-codes.ts'
import { tool } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'
import { singleArguments } from './call-arguments.ts'

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    either: { type: ['string', 'integer'] },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    force: { type: 'boolean' },
    ids: { type: 'array', items: { type: 'string' } },
    ports: { type: 'array', items: { type: 'integer' } },
    labels: { type: 'object' },
    anything: {},
  },
}

const taken: [pair: string, value: unknown][] = [
  ['name=42', '42'],
  ['either=42', '42'],
  ['count=42', 42],
  ['ratio=0.5', 0.5],
  ['force=true', true],
  ['ids=["a"]', ['a']],
  ['ids:=["a"]', ['a']],
  ['labels={"a":1}', { a: 1 }],
  ['anything=x=y', 'x=y'],
  ['toString=x', 'x'],
]
for (const [pair, value] of taken) {
  test(`--arg ${pair} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(Object.values(singleArguments([pair], schema)), [value])
  })
}

const refused: [pair: string, message: string, hint: string | undefined][] = [
  ['ids=x', `--arg ids: the tool takes an array, not 'x'`, `Give it as JSON: --arg 'ids:=["x"]'`],
  ['ids=x, y', `--arg ids: the tool takes an array, not 'x, y'`, `Give it as JSON: --arg 'ids:=["x","y"]'`],
  ['ids=[a,b]', `--arg ids: the tool takes an array, not '[a,b]'`, `Give it as JSON: --arg 'ids:=["a","b"]'`],
  ['ids=3', `--arg ids: the tool takes an array, not '3'`, `Give it as JSON: --arg 'ids:=["3"]'`],
  [`ids=it's`, `--arg ids: the tool takes an array, not 'it's'`, `Give it as JSON: --arg 'ids:=["it'\\''s"]'`],
  ['ports=80,443', `--arg ports: the tool takes an array, not '80,443'`, `Give it as JSON: --arg 'ports:=[80,443]'`],
  ['labels=a', `--arg labels: the tool takes an object, not 'a'`, `Give it as JSON: --arg 'labels:={"key": "value"}'`],
  [
    'count=9007199254740993',
    '--arg count: the number 9007199254740993 has more digits than a JSON number holds, and would be read as 9007199254740992',
    'Send it with fewer digits, or as text if the tool takes that.',
  ],
  [
    'labels:={"a":0.1234567890123456789}',
    '--arg labels: the number 0.1234567890123456789 has more digits than a JSON number holds, and would be read as 0.12345678901234568',
    'Send it with fewer digits, or as text if the tool takes that.',
  ],
  ['count=1.5', `--arg count: the tool takes a whole number, not '1.5'`, undefined],
  ['force=yes', `--arg force: the tool takes true or false, not 'yes'`, undefined],
  ['name:=x', `--arg name: 'x' is no JSON value`, `A text is given as --arg 'name=x'.`],
]
for (const [pair, message, hint] of refused) {
  test(`--arg ${pair} is refused with what it must be`, () => {
    assert.throws(
      () => singleArguments([pair], schema),
      (error) => error instanceof UsageError && error.message === message && error.hint === hint,
    )
  })
}

test('an argument that the tool does not know stands beside the one that is missing', async (t) => {
  const server = await scriptedServer(({ method }, response) => {
    if (method === 'GET') return json(response, 200, tool)
    refusal(response, 400, 'invalid_arguments', { param: 'args.pid' })
  })
  t.after(() => server.close())
  const said = async (...words: string[]) => {
    const { code, stderr } = await xeroctl(t, ['exec', 'invoke', tool.name, '-w', 'w', ...words], {
      env: envFor(server),
    })
    assert.equal(code, 2)
    return stderr.split('\n')[1]
  }
  const takes = 'It takes pid (required), signal, name.'
  assert.equal(await said('--arg', 'pdi=1'), `hint: ${tool.name} has no argument 'pdi'; did you mean 'pid'? ${takes}`)
  assert.equal(
    await said('--args', '{"process": 1}'),
    `hint: ${tool.name} has no argument 'process'; did you mean 'pid'? ${takes}`,
  )
  assert.equal(
    await said('--args', '{"pid": 1, "toString": 1}'),
    `hint: ${tool.name} has no argument 'toString'. ${takes}`,
  )
  assert.match((await said('--args', '{}')) ?? '', /^hint: Correct the value at `param`/)
})

test('arguments that are nested too deep are refused before anything is sent', () => {
  const levels = 100_000
  const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`
  for (const pair of [`anything:=${deep}`, `ids=${deep}`])
    assert.throws(() => singleArguments([pair], schema), { message: /^--arg \w+ is nested deeper than 512 levels$/ })
})
