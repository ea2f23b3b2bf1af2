import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, openEvents, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { execution } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

test('exec list --watch opens the stream before it lists, with the same filters, and tells what comes', async (t) => {
  const asked: string[] = []
  const server = await scriptedServer(({ path }, response) => {
    asked.push(path)
    if (!path.startsWith('/exec/executions/stream')) {
      const first = { ...execution({ state: 'failed' }), id: 'exe_listed' }
      return json(response, 200, { object: 'list', data: [first], has_more: false, last_id: 'exe_listed' })
    }
    openEvents(response)
    sendEvent(response, undefined, 'x_exec.connection.connected', {})
    const event = { at: '2026-05-01T12:00:01.000Z', kind: 'execution.failed', actor: 'router', actor_name: null }
    sendEvent(response, 'e-1', 'x_exec.execution.failed', { ...execution({ state: 'failed' }), id: 'exe_new', event })
  })
  t.after(() => server.close())
  let interrupt = () => {}
  const { code, stdout } = await xeroctl(t, ['exec', 'list', '--status', 'failed', '--risk', 'read', '--watch'], {
    env: envFor(server),
    onListening: (stop) => {
      interrupt = stop
    },
    onOutput: (_, text) => {
      if (text.includes('exe_new')) interrupt()
    },
  })
  assert.equal(code, 0)
  assert.ok(stdout.indexOf('exe_listed') < stdout.indexOf('exe_new'), stdout)
  assert.deepEqual(asked, [
    '/exec/executions/stream?status=failed&risk=read',
    '/exec/executions?status=failed&risk=read&limit=20',
  ])
})

test('exec list --watch goes on from now, and refuses an end', async (t) => {
  const { code, stderr } = await xeroctl(t, ['exec', 'list', '--until', '1h', '--watch'])
  assert.equal(code, 2)
  assert.match(stderr, /--watch goes on from now/)
})
