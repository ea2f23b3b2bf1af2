// `npm start` after what operators did in an earlier run.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { prepareStarts, type Started } from './start.fixture.ts'

const { clear, start, stateDir, xeroctl } = prepareStarts()
/** A cluster that is there already: start.test.ts tests the one that `npm start` makes. */
const database = await cloneDatabase()
after(async () => {
  clear()
  await database.drop()
})
/** Not free ones: the agent's enrollment would be forgotten for that. */
const samePort = { XEROTIER_HTTP_PORT: '', XEROTIER_DATA_PLANE_PORT: '', XEROTIER_DATA_PLANE_ALTERNATE_PORT: '' }
const keyFile = join(stateDir, 'api-key')

/** What the test before left running. */
let running: Started | undefined

async function started(env: Record<string, string> = {}): Promise<Started> {
  running = start({ XEROTIER_DATABASE_URL: database.url, ...env })
  await running.saw(/Ctrl-C stops everything/)
  return running
}

async function stop(): Promise<void> {
  assert.equal(await running?.stopped(), 0)
  running = undefined
}

/** Starts again after an operator did something to the running system and stopped it. */
async function startedAfter(operate: () => Promise<unknown>, env?: Record<string, string>): Promise<Started> {
  if (running === undefined) await started()
  await operate()
  await stop()
  return started(env)
}

/** Follows the advice that was printed; then a call runs. */
async function runsAfter(line: string | undefined): Promise<void> {
  await xeroctl(...(line ?? '').split(' '))
  assert.match(await xeroctl('exec', 'invoke', '--workspace', 'local-host', '--tool', 'host_uptime'), /uptime_seconds/)
}

test('a paused agent is said, with the line that resumes it, and the system runs', async () => {
  const system = await startedAfter(() => xeroctl('agents', 'pause-exec', 'local-xem-01', '--reason', 'INC-7'))
  assert.match(system.text(), /XEM agent connects \(CurveZMQ\) \.\.\. paused, \d+ tools/)
  const [, line] = await system.saw(
    /Not made: local-xem-01 is paused \(INC-7\)\. To resume it:\n +XEROTIER_STATE_DIR=\S+ npx xeroctl (.+)/,
  )
  await runsAfter(line)
})

test('a workspace that was unbound stays so: it says why nothing can run, and runs on for the advice to be followed', async () => {
  const system = await startedAfter(() => xeroctl('workspaces', 'unbind', 'local-host', '--agent', 'local-xem-01'))
  const [, line] = await system.saw(/It cannot run: No agent is bound .*`XEROTIER_STATE_DIR=\S+ npx xeroctl (.+)`/)
  await runsAfter(line)
})

test('an agent that was deleted ends the run in words; the next start enrolls and binds a new one', async () => {
  const system = running ?? (await started())
  const closed = once(system.child, 'close')
  await xeroctl('agents', 'local-xem-01', '--delete', '--yes')
  const [code] = await closed
  assert.equal(code, 1)
  assert.match(system.text(), /the router has revoked its credentials or deleted it/)
  const next = await started(samePort)
  assert.match(next.text(), /enrolled \(/)
  assert.match(next.text(), /"uptime_seconds":\d+/)
  assert.match(next.text(), /A dangerous call waits for you/)
})

test('a router whose HTTP port is taken moves, and its agent with it', async () => {
  const system = running ?? (await started(samePort))
  const [, port] = await system.saw(/API +http:\/\/127\.0\.0\.1:(\d+)/)
  await stop()
  const other = createServer().listen(Number(port), '127.0.0.1')
  await once(other, 'listening')
  const next = await started(samePort)
  other.close()
  assert.match(next.text(), new RegExp(`port ${port} is taken`))
  assert.match(next.text(), /"uptime_seconds":\d+/)
  await stop()
})

test('on another database the agent enrolls anew, and the samples are made there too', async () => {
  const other = await cloneDatabase()
  const system = await started({ ...samePort, XEROTIER_DATABASE_URL: other.url })
  assert.match(system.text(), /connects \(CurveZMQ\) \.\.\. the router does not know it .*\n +join key \.\.\. minted/)
  assert.match(system.text(), /sample workspaces \.\.\. local-host, kubernetes-staging, aws-sandbox/)
  assert.match(system.text(), /A dangerous call waits for you/)
  await stop()
  await other.drop()
})

/** With another key beside it: the last one that can manage a project is not revoked. */
async function revokeFirst(): Promise<void> {
  const [first = ''] = (await xeroctl('keys', '-o', 'name')).trim().split('\n')
  await xeroctl('keys', 'create', '--name', 'second', '--scopes', 'management')
  await xeroctl('keys', first, '--delete', '--yes')
}

for (const [what, lose] of [
  ['revoked', revokeFirst],
  ['lost', async () => rmSync(keyFile)],
] as const) {
  test(`a first key that was ${what} is replaced by the next start`, async () => {
    let key = ''
    const next = await startedAfter(async () => {
      key = readFileSync(keyFile, 'utf8')
      await lose()
    })
    assert.match(next.text(), /A dangerous call waits for you/)
    assert.notEqual(readFileSync(keyFile, 'utf8'), key)
    assert.match(await xeroctl('approvals', 'list'), /host_process_kill/)
  })
}

test('Ctrl-C ends the last of them too', stop)
