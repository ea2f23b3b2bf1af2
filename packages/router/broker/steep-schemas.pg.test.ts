// Schemas come from agents and arguments from callers: whatever they ask for together, everybody
// else is served in between.
import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { threadMs } from '@xerotier/devkit/thread-time.ts'
import { steep } from '@xerotier/runtime/json-schema/steep.fixture.ts'
import { agents, ownRouter, serving, stillServes, system } from './wire.fixture.ts'

ownRouter()

/**
 * For whoever asks how the router is, while something goes on. The bench holds it to 250 ms; here
 * all attackers may come in one turn, as the machine is busy. One whole check of each would be
 * twenty seconds.
 */
const barMs = 1_000
const attackers = 20

/**
 * The longest wait of a request for `/healthz` while something goes on, as what this thread
 * computed meanwhile: a machine that is busy or slow makes it no longer.
 */
async function worstDuring(something: Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const from = threadMs()
      get(new URL('/healthz', system.client.origin), { agent }, (answer) => {
        assert.equal(answer.statusCode, 200)
        answer.resume().on('end', () => resolve(threadMs() - from))
      }).on('error', reject)
    })
  let over = false
  const end = something.finally(() => {
    over = true
  })
  let worst = 0
  do worst = Math.max(worst, await ask())
  while (!over)
  await end
  agent.destroy()
  return worst
}

function holds(worst: number): void {
  assert.ok(worst <= barMs, `${worst.toFixed(0)} ms`)
}

test(`${attackers} calls at once that take too long to check are refused, and hold nobody up`, async (t) => {
  for (const { what, schema, args } of steep) {
    await t.test(what, async () => {
      // Each has an agent of its own, which renews no lease.
      const { workspace } = await serving([toolOf('steep', { input_schema: schema })])
      const body = { workspace, tool: 'steep', args }
      const calls = Promise.all(
        Array.from({ length: attackers }, () =>
          assert.rejects(system.client.call('invocations.submit', { body }), {
            code: 'invalid_arguments',
            message: /^The arguments cannot be checked against the tool's schema: it (takes more than|is nested)/,
          }),
        ),
      )
      holds(await worstDuring(calls))
    })
  }
  await stillServes()
})

test('secrets in what refers to itself are found, or their search is given up, and hold nobody up', async () => {
  const secret = { type: 'string', writeOnly: true }
  const node = { properties: { in: { anyOf: [{ $ref: '#/$defs/node' }, { $ref: '#/$defs/node' }] }, key: secret } }
  const wide = { anyOf: Array.from({ length: 1000 }, (_, nth) => ({ additionalProperties: { const: nth } })) }
  const deep = toolOf('deep', { input_schema: { type: 'object', $defs: { node }, $ref: '#/$defs/node' } })
  const many = toolOf('many', { input_schema: { type: 'object', ...wide, properties: { never: secret } } })
  const { workspace } = await serving([deep, many])
  let args: Record<string, unknown> = { key: 'x' }
  for (let depth = 0; depth < 25; depth++) args = { in: args }
  const calls = Promise.all(
    Array.from({ length: attackers }, () =>
      system.client.call('invocations.submit', { body: { workspace, tool: 'deep', args } }),
    ),
  )
  holds(await worstDuring(calls))
  const [first] = await calls
  assert.ok(!JSON.stringify(first?.args).includes('"x"'))

  const equal = Object.fromEntries(Array.from({ length: 1_000 }, (_, nth) => [`k${nth}`, 0]))
  const refused = Promise.all(
    Array.from({ length: attackers }, () =>
      assert.rejects(system.client.call('invocations.submit', { body: { workspace, tool: 'many', args: equal } }), {
        code: 'invalid_arguments',
        message: 'The arguments and the schema are too large together to find the secrets.',
      }),
    ),
  )
  holds(await worstDuring(refused))
})

test('manifests of schemas as large as may be are read while everybody else is served', async () => {
  const large = (nth: number) => ({
    type: 'object',
    anyOf: Array.from({ length: 2_000 }, (_, part) => ({ required: [`a${part}${nth}`], maxProperties: nth })),
  })
  const largest = Array.from({ length: 9 }, (_, nth) => toolOf(`large_${nth}`, { input_schema: large(nth) }))
  const patterns = (nth: number) => ({
    type: 'object',
    properties: { a: { anyOf: Array.from({ length: 20 }, (_, part) => ({ pattern: `^[a-z]{700}${nth}-${part}` })) } },
  })
  const matched = Array.from({ length: 9 }, (_, nth) => toolOf(`matched_${nth}`, { input_schema: patterns(nth) }))
  for (const offered of [largest, matched]) {
    holds(await worstDuring(serving(offered)))
    const agent = agents.at(-1)
    assert.ok(agent?.session !== '' && manifestOf(offered).tools.length === 9)
  }
})
