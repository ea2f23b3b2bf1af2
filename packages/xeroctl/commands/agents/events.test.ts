import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, openEvents, scriptedServer, sendEvent } from '@xerotier/client/scripted-server.fixture.ts'
import { logEntry } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

test('--follow prints the last events oldest first, and then each as it happens, behind the newest', async (t) => {
  const entry = (id: string, kind: Parameters<typeof logEntry>[0]) => ({ ...logEntry(kind), id })
  let lastEventId: unknown
  const server = await scriptedServer(({ path, headers }, response) => {
    if (!path.includes('/events/stream')) {
      const data = [entry('9-2', 'agent.paused'), entry('9-1', 'agent.online')]
      return json(response, 200, { object: 'list', data, has_more: false, last_id: '9-1' })
    }
    lastEventId = headers['last-event-id']
    openEvents(response)
    sendEvent(response, undefined, 'x_exec.connection.connected', {})
    sendEvent(response, '9-3', 'x_exec.agent.event', entry('9-3', 'agent.resumed'))
  })
  t.after(() => server.close())
  let interrupt = () => {}
  const { code, stdout } = await xeroctl(t, ['agents', 'xem-1', '--events', '--follow', '-o', 'name'], {
    env: envFor(server),
    onOutput: (_, text) => text.includes('9-3') && interrupt(),
    onListening: (handler) => (interrupt = handler),
  })
  assert.deepEqual([code, stdout], [0, '9-1\n9-2\n9-3\n'])
  assert.equal(lastEventId, '9-2')
})
