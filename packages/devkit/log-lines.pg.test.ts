// What is logged about a call can be found by its id, at the router and on the host.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createLog } from '@xerotier/runtime/log.ts'
import type { AgentForTests } from './agent-for-tests.ts'
import { until } from './faults/until.ts'
import { type System, startSystem } from './system.ts'

const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }
// At trace the wire speaks of messages, and each may be about many calls.
const logOf = (name: string) => createLog({ level: 'debug', name, destination })

const schema = 'input_schema: { type: object, additionalProperties: false, properties: {} }'
const bundle = `name: ends
version: '1'
domain: test
tools:
  - { name: works, description: d, risk: read, ${schema}, command: ['true'] }
  - { name: fails, description: d, risk: write, ${schema}, command: ['false'] }
  - { name: sleeps, description: d, risk: read, timeout_ms: 200, ${schema}, command: ['sleep', '60'] }
  - { name: waits, description: d, risk: read, ${schema}, command: ['sleep', '60'] }
  - { name: lasts, description: d, risk: write, ${schema}, command: ['sleep', '60'] }
  - { name: wipes, description: d, risk: destructive, ${schema}, command: ['true'] }
`

let system: System
let agent: AgentForTests
let spoilsGrants = false
before(async () => {
  system = await startSystem({
    log: logOf('router'),
    settings: { queueSeconds: 5 },
    instrument({ grantKeys }) {
      const { sign } = grantKeys
      grantKeys.sign = (grant) => sign(spoilsGrants ? { ...grant, digest: '0'.repeat(64) } : grant)
    },
  })
  agent = await system.addAgent({
    log: logOf('agent'),
    prepare({ tools }) {
      mkdirSync(join(tools, 'ends'))
      writeFileSync(join(tools, 'ends', 'bundle.yaml'), bundle)
    },
  })
  await system.addWorkspace('ws', 'host', [agent])
})
after(() => system.stop())

/** Every line that names the call says so in the field by which it is found. */
function linesOf(id: string): Record<string, unknown>[] {
  const found = lines.filter((line) => line.includes(id)).map((line): Record<string, unknown> => JSON.parse(line))
  for (const line of found) assert.equal(line.execution_id, id, JSON.stringify(line))
  return found
}

test('every line about a call has its id in execution_id, however it ended', async () => {
  const { client } = system
  const ended = { works: 'completed', fails: 'failed', sleeps: 'timeout' } as const
  for (const [tool, state] of Object.entries(ended)) {
    const call = await system.run('ws', tool)
    assert.equal(call.state, state)
    assert.ok(
      linesOf(call.id).some(({ name }) => name === 'agent'),
      tool,
    )
  }
  const waiting = await system.ask('ws', 'waits')
  await until('the call to run', async () =>
    (await client.call('executions.show', { params: { id: waiting.id } })).state === 'running' ? true : undefined,
  )
  await client.call('invocations.cancel', { params: { id: waiting.id } })
  await until('its end', async () =>
    (await client.call('executions.show', { params: { id: waiting.id } })).state === 'cancelled' ? true : undefined,
  )
  assert.ok(linesOf(waiting.id).some(({ msg }) => msg === 'call cancelled'))
  const asked = await system.ask('ws', 'wipes')
  await client.call('approvals.reject', { params: { id: asked.approval_id ?? '' }, body: {} })
  linesOf(asked.id)
  linesOf((await system.runApproved('ws', 'wipes')).id)
})

/** Waits until the record says so: what is told of the end is told by then, or is to come. */
const inState = (id: string, state: string) =>
  until(`the call to be ${state}`, async () =>
    (await system.client.call('executions.show', { params: { id } })).state === state ? true : undefined,
  )
/** Of one process, about the call. */
const said = (id: string, process: string, msg: string) =>
  until(`"${msg}" of the ${process}`, () =>
    linesOf(id).some((line) => line.name === process && line.msg === msg) ? true : undefined,
  )

test('the agent says which call it refused', async () => {
  spoilsGrants = true
  const { id, state } = await system.runApproved('ws', 'wipes')
  spoilsGrants = false
  assert.equal(state, 'failed')
  await said(id, 'agent', 'call refused')
})

test('the router says which call became ambiguous, was queued again, and expired', async () => {
  const { client } = system
  const approved = await system.ask('ws', 'wipes')
  const doubtful = await system.ask('ws', 'lasts')
  if (doubtful.approval_id !== null)
    await client.call('approvals.approve', { params: { id: doubtful.approval_id }, body: {} })
  await inState(doubtful.id, 'running')
  const repeatable = await system.ask('ws', 'waits')
  await inState(repeatable.id, 'running')
  const { id: agent_id } = await client.call('agents.show', { params: { id: agent.name } })
  await client.call('agents.revokeCredentials', { params: { id: agent.name } })
  await inState(doubtful.id, 'ambiguous')
  await said(doubtful.id, 'router', 'the call became ambiguous')
  await said(repeatable.id, 'router', 'the call was queued again')
  const again = linesOf(repeatable.id).find(({ msg }) => msg === 'the call was queued again')
  assert.equal(again?.agent_id, agent_id, 'whose it was')
  await client.call('approvals.approve', { params: { id: approved.approval_id ?? '' }, body: {} })
  await inState(approved.id, 'expired')
  await said(approved.id, 'router', 'the call expired in the queue')
})

test('a line is one JSON object, so that the journal finds it by what it holds', () => {
  assert.ok(lines.length > 0)
  for (const line of lines) {
    assert.equal(line.trimEnd().includes('\n'), false)
    assert.equal(typeof JSON.parse(line).msg, 'string')
  }
})
