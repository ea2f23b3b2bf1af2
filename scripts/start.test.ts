// `npm start` as a newcomer meets it: first start, approval, Ctrl-C, second start.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import { prepareStarts } from './start.fixture.ts'

const { clear, start, stateDir, xeroctl } = prepareStarts()
after(clear)

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('the first start runs a call, leaves one to approve, and stops cleanly', async () => {
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  for (const line of [
    /router and its Postgres \.\.\. ready/,
    /join key \.\.\. minted/,
    /XEM agent enrolls \(POST \/v1\/enroll\) \.\.\. enrolled/,
    /XEM agent connects \(CurveZMQ\) \.\.\. healthy, \d+ tools published/,
    /sample workspaces \.\.\. local-host, kubernetes-staging, aws-sandbox/,
    /dashboard +http:\/\/127\.0\.0\.1:\d+\/ops/,
    /http:\/\/127\.0\.0\.1:\d+\/ops\/login#xlgn_[\w-]{43}/,
    /data plane +tcp:\/\/127\.0\.0\.1:\d+/,
    /"uptime_seconds":\d+/,
  ]) {
    assert.match(system.text(), line)
  }
  const key = readFileSync(join(stateDir, 'api-key'), 'utf8').trim()
  assert.ok(!system.text().includes(key.slice(0, -30)), 'the key is not printed')
  assert.equal(statSync(stateDir).mode & 0o777, 0o700)
  for (const name of ['api-key', 'xeroctl.toml']) assert.equal(statSync(join(stateDir, name)).mode & 0o777, 0o600, name)

  const [, pid] = await system.saw(/Process (\d+) is a sleep/)
  const [, approval] = await system.saw(/npx xeroctl approvals approve (\S+)/)
  assert.ok(alive(Number(pid)))
  assert.match(await xeroctl('approvals', 'list'), /host_process_kill/)
  assert.match(await xeroctl('approvals', 'show', approval!), new RegExp(pid!))
  await xeroctl('approvals', 'approve', approval!)
  await system.saw(/has ended: the approved call ran/)

  assert.equal(await system.stopped(), 0)
  assert.match(system.text(), /XEM agent \.\.\. stopped[\s\S]*router \.\.\. stopped/)
})

test('the second start finds everything again, and withdraws what it asked for when it stops', async () => {
  const key = readFileSync(join(stateDir, 'api-key'), 'utf8')
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  assert.match(system.text(), /what it holds is used again/)
  assert.equal(readFileSync(join(stateDir, 'api-key'), 'utf8'), key)
  assert.match(system.text(), /sample workspaces \.\.\. there already/)
  const executions = JSON.parse(await xeroctl('exec', 'list', '-o', 'json')) as { data?: { tool: string }[] }
  const list = executions.data ?? (executions as unknown as { tool: string }[])
  assert.ok(list.length >= 4, 'calls of both starts are on record')
  const [, pid] = await system.saw(/Process (\d+) is a sleep/)
  assert.equal(await system.stopped(), 0)
  assert.equal(alive(Number(pid)), false)
})

test('a call that is rejected is said to be over, with a line that asks again', async () => {
  const system = start()
  const [, approval] = await system.saw(/npx xeroctl approvals approve (\S+)/)
  await xeroctl('approvals', 'reject', approval!)
  const [, pid, line] = await system.saw(
    /The call is rejected, and npm start has ended process (\d+) itself\..*\n +sleep 86400 & \S+ npx xeroctl (.+)\n/,
  )
  const other = spawn('sleep', ['60'])
  await once(other, 'spawn')
  const asked = await xeroctl(...line!.replace('$!', `${other.pid}`).split(' '), '--no-wait')
  assert.match(asked, /pending_approval/)
  assert.equal(await system.stopped(), 0)
  other.kill()
  assert.equal(alive(Number(pid)), false)
})

test('when its reader goes away it stops everything, without a stack', async () => {
  const system = start()
  await system.saw(/router and its Postgres \.\.\. ready/)
  let stderr = ''
  system.child.stderr!.on('data', (text) => {
    stderr += text
  })
  const closed = once(system.child, 'close')
  system.child.stdout!.destroy()
  assert.deepEqual(await closed, [0, null])
  assert.equal(stderr, '')
})

test('while one runs, another on the same folder says so and leaves it alone', async () => {
  const system = start()
  await system.saw(/Ctrl-C stops everything/)
  const other = start()
  const [code] = await once(other.child, 'close')
  assert.equal(code, 1)
  assert.match(other.text(), new RegExp(`pid ${system.child.pid}`))
  assert.equal(system.child.exitCode, null)
  assert.equal(await system.stopped(), 0)
})

test('a port that the environment names and somebody has is an error that names it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = listeningOn(server)
  const system = start({ XEROTIER_HTTP_PORT: String(port) })
  const [code] = await once(system.child, 'close')
  assert.equal(code, 1)
  assert.match(system.text(), new RegExp(`XEROTIER_HTTP_PORT: port ${port} is taken`))
  server.close()
})
