import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEvents, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

test('each record is printed as it comes', async (t) => {
  const server = await scriptedServer((_, response) => {
    openEvents(response)
    sendEvent(response, undefined, 'x_exec.connection.connected', {})
    sendEvent(response, '9-3', 'x_exec.audit.record', { object: 'audit_record', id: '9-3' })
  })
  t.after(() => server.close())
  let interrupt = () => {}
  const { code, stdout } = await xeroctl(t, ['audit', 'watch', '-o', 'name'], {
    env: envFor(server),
    onOutput: (_, text) => text.includes('9-3') && interrupt(),
    onListening: (handler) => (interrupt = handler),
  })
  assert.deepEqual([code, stdout], [0, '9-3\n'])
})
