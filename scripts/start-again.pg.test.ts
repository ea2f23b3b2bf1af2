// `npm start` after what operators did in an earlier run.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { prepareStarts } from './start.fixture.ts'

const { clear, start, stateDir, xeroctl } = prepareStarts()
after(clear)
/** Not free ones: the agent's enrollment would be forgotten for that. */
const samePort = { XEROTIER_HTTP_PORT: '', XEROTIER_DATA_PLANE_PORT: '' }
const keyFile = join(stateDir, 'api-key')

/** Starts, lets an operator do something to the running system, and stops. */
async function afterStart(...operations: string[][]): Promise<void> {
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  for (const words of operations) await xeroctl(...words)
  assert.equal(await system.stopped(), 0)
}

test('a paused agent is said, with the line that resumes it, and the system runs', async () => {
  await afterStart(['agents', 'pause-exec', 'local-xem-01', '--reason', 'INC-7'])
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  assert.match(system.text(), /XEM agent connects \(CurveZMQ\) \.\.\. paused, \d+ tools/)
  const [, line] = await system.saw(
    /Not made: local-xem-01 is paused \(INC-7\)\. To resume it:\n +XEROTIER_STATE_DIR=\S+ npx xeroctl (.+)/,
  )
  await xeroctl(...line!.split(' '))
  assert.match(await xeroctl('exec', 'invoke', '--workspace', 'local-host', '--tool', 'host_uptime'), /uptime_seconds/)
  assert.equal(await system.stopped(), 0)
})

test('a workspace that was unbound stays so: it says why nothing can run, and runs on for the advice to be followed', async () => {
  await afterStart(['workspaces', 'unbind', 'local-host', '--agent', 'local-xem-01'])
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  const [, line] = await system.saw(/It cannot run: No agent is bound .*`XEROTIER_STATE_DIR=\S+ npx xeroctl (.+)`/)
  await xeroctl(...line!.split(' '))
  assert.match(await xeroctl('exec', 'invoke', '--workspace', 'local-host', '--tool', 'host_uptime'), /uptime_seconds/)
  assert.equal(await system.stopped(), 0)
})

test('an agent that was deleted ends the run in words; the next start enrolls and binds a new one', async () => {
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  const closed = once(system.child, 'close')
  await xeroctl('agents', 'local-xem-01', '--delete', '--yes')
  const [code] = await closed
  assert.equal(code, 1)
  assert.match(system.text(), /the router has revoked its credentials or deleted it/)
  const next = start(samePort)
  await next.saw(/Ctrl-C stops everything/)
  assert.match(next.text(), /enrolled \(/)
  assert.match(next.text(), /"uptime_seconds":\d+/)
  assert.match(next.text(), /A dangerous call waits for you/)
  assert.equal(await next.stopped(), 0)
})

test('a router whose HTTP port is taken moves, and its agent with it', async () => {
  const system = start(samePort)
  const [, port] = await system.saw(/API +http:\/\/127\.0\.0\.1:(\d+)/)
  await system.saw(/Ctrl-C stops everything/)
  assert.equal(await system.stopped(), 0)
  const other = createServer().listen(Number(port), '127.0.0.1')
  await once(other, 'listening')
  const next = start(samePort)
  await next.saw(/Ctrl-C stops everything/)
  other.close()
  assert.match(next.text(), new RegExp(`port ${port} is taken`))
  assert.match(next.text(), /"uptime_seconds":\d+/)
  assert.equal(await next.stopped(), 0)
})

test('on another database the agent enrolls anew, and the samples are made there too', async () => {
  const database = await cloneDatabase()
  const system = start({ ...samePort, XEROTIER_DATABASE_URL: database.url })
  await system.saw(/Ctrl-C stops everything/)
  assert.match(system.text(), /connects \(CurveZMQ\) \.\.\. the router does not know it .*\n +join key \.\.\. minted/)
  assert.match(system.text(), /sample workspaces \.\.\. local-host, kubernetes-staging, aws-sandbox/)
  assert.match(system.text(), /A dangerous call waits for you/)
  assert.equal(await system.stopped(), 0)
  await database.drop()
})

/** With another key beside it: the last one that can manage a project is not revoked. */
async function revokeFirst(): Promise<void> {
  const [first] = (await xeroctl('keys', '-o', 'name')).trim().split('\n')
  await xeroctl('keys', 'create', '--name', 'second', '--scopes', 'management')
  await xeroctl('keys', first!, '--delete', '--yes')
}

for (const [what, lose] of [
  ['revoked', revokeFirst],
  ['lost', async () => rmSync(keyFile)],
] as const) {
  test(`a first key that was ${what} is replaced by the next start`, async () => {
    const system = start()
    await system.saw(/Ctrl-C stops everything/)
    const key = readFileSync(keyFile, 'utf8')
    await lose()
    assert.equal(await system.stopped(), 0)
    const next = start()
    await next.saw(/A dangerous call waits for you/)
    assert.notEqual(readFileSync(keyFile, 'utf8'), key)
    assert.match(await xeroctl('approvals', 'list'), /host_process_kill/)
    assert.equal(await next.stopped(), 0)
  })
}
