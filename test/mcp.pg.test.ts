// An MCP server as a bundle through the whole system: a real server over stdio, started by a real
// agent, behind the approval gate.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'

const server = join(import.meta.dirname, '../packages/xem-agent/tools/fixtures/mcp-server.ts')
// `pid`, `die` and `sleep` are not rated.
const bundle = `
name: fixture
version: '1'
domain: test
mcp:
  command: '${process.execPath}'
  args: ['${server}']
  risks: { look: read, break: write }
  prefix: fix_
`
const workspace = 'mcp'
let system: System

before(async () => {
  system = await startSystem()
  const agent = await system.addAgent({
    env: { XEM_SHIPPED_BUNDLES: 'none' },
    prepare({ tools }) {
      mkdirSync(join(tools, 'fixture'))
      writeFileSync(join(tools, 'fixture', 'bundle.yaml'), bundle)
    },
  })
  await system.addWorkspace(workspace, 'generic', [agent])
})
after(() => system.stop())

const show = (id: string) => system.client.call('executions.show', { params: { id } })
const ended = (id: string) =>
  until('the call to end', async () => {
    const execution = await show(id)
    return execution.finished_at === null ? undefined : execution
  })
/** Which process serves. The tool is not rated, so this asks for an approval each time. */
async function serverPid(): Promise<number> {
  const { result } = await system.runApproved(workspace, 'fix_pid')
  return (result as { pid: number }).pid
}

test('the catalogue has what the server lists, by the risk of the bundle, and destructive for what that does not rate', async () => {
  const { data } = await system.client.call('tools.list', { query: { workspace } })
  assert.deepEqual(Object.fromEntries(data.map((tool) => [tool.name, tool.risk])), {
    fix_look: 'read',
    fix_break: 'write',
    fix_pid: 'destructive',
    fix_die: 'destructive',
    fix_sleep: 'destructive',
  })
  const look = await system.client.call('tools.show', { params: { name: 'fix_look' } })
  assert.equal(look.description, 'Looks')
  assert.deepEqual(look.input_schema.required, ['at'])
  assert.deepEqual(
    look.offered_by.map((offer) => offer.bundle),
    ['fixture'],
  )
})

test('a read runs at once, with arguments that fit the schema of the server', async () => {
  const looked = await system.run(workspace, 'fix_look', { at: 'sea' })
  assert.equal(looked.state, 'completed', JSON.stringify(looked.error))
  assert.equal(looked.approval_id, null)
  assert.equal((await show(looked.id)).stdout, 'saw sea\n')
  await assert.rejects(system.run(workspace, 'fix_look', { at: 'the mountains' }), { code: 'invalid_arguments' })
})

test('a tool that the bundle does not rate waits for a person and runs once approved', async () => {
  const asked = await system.ask(workspace, 'fix_pid')
  assert.equal(asked.state, 'pending_approval')
  const { data } = await system.client.call('approvals.list', { query: { status: 'pending' } })
  assert.deepEqual(
    data.map(({ id, tool, risk }) => ({ id, tool, risk })),
    [{ id: asked.approval_id, tool: 'fix_pid', risk: 'destructive' }],
  )
  await system.client.call('approvals.approve', { params: { id: asked.approval_id! }, body: {} })
  const record = await ended(asked.id)
  assert.equal(record.state, 'completed', JSON.stringify(record.error))
  assert.equal(record.stdout, 'see the result\n')
  assert.ok((record.result as { pid: number }).pid > 0)
  assert.equal(record.attempt, 1)
  assert.deepEqual(
    record.transitions.map((move) => move.state).filter((state) => state !== 'running'),
    ['pending_approval', 'dispatched', 'completed'],
  )
})

test('rejected, it never reaches the server; approved, it takes the server with it and the next call has another', async () => {
  const pid = await serverPid()
  const rejected = await system.ask(workspace, 'fix_die')
  await system.client.call('approvals.reject', { params: { id: rejected.approval_id! }, body: {} })
  assert.equal((await ended(rejected.id)).state, 'rejected')
  assert.equal(await serverPid(), pid)

  const died = await system.runApproved(workspace, 'fix_die')
  assert.equal(died.state, 'ambiguous')
  assert.equal(died.error?.code, 'execution_interrupted')
  assert.notEqual(await serverPid(), pid)
})

test('what the tool calls an error is a failed call with its words', async () => {
  const broken = await system.run(workspace, 'fix_break')
  assert.equal(broken.state, 'failed')
  assert.equal((await show(broken.id)).stdout, 'it broke\n')
})

test('a call that hangs is cancelled, and the server answers the next', async () => {
  const asked = await system.ask(workspace, 'fix_sleep')
  await system.client.call('approvals.approve', { params: { id: asked.approval_id! }, body: {} })
  await until('the call to run', async () => ((await show(asked.id)).state === 'running' ? true : undefined))
  await system.client.call('invocations.cancel', { params: { id: asked.id } })
  assert.equal((await ended(asked.id)).state, 'cancelled')
  assert.equal((await system.run(workspace, 'fix_look', { at: 'sky' })).state, 'completed')
})
