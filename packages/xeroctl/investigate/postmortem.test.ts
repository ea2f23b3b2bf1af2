import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { execution } from '../records.fixture.ts'
import { envFor, xeroctl } from '../run.fixture.ts'

const at = (minute: number) => `2026-05-01T10:${String(minute).padStart(2, '0')}:00.000Z`
const attempt = {
  ...{ attempt: 1, agent_id: 'agt_1', agent: 'jump', agent_version: '1.2.3', outcome: 'failed' as const },
  ...{ dispatched_at: at(0), sent_at: at(0), started_at: at(0), ended_at: at(1) },
}
const failed = {
  ...execution({
    ...{ state: 'failed', exit_code: 3, created_at: at(0), finished_at: at(1), agent: 'jump', agent_id: 'agt_1' },
    ...{ error: { code: 'execution_failed', message: 'a | b\n# not a heading <script>' }, attempts: [attempt] },
    transitions: [{ state: 'failed', at: at(1), actor: 'agt_1', actor_name: 'jump', detail: { exit_code: 3 } }],
    retries: [
      { id: 'exe_3', state: 'completed', created_at: at(20), requested_by: 'usr_1', requested_by_name: 'anna' },
    ],
  }),
  id: 'exe_1',
}
const doubtful = {
  ...execution({
    ...{ state: 'completed', created_at: at(2), finished_at: at(5), exit_code: null },
    transitions: [{ state: 'ambiguous', at: at(5), actor: 'router', actor_name: null, detail: {} }],
    resolution: { by: 'usr_1', by_name: 'anna', note: 'seen in the cluster', at: at(30) },
  }),
  id: 'exe_2',
}
const pause = {
  ...{ id: '1-1', object: 'event', kind: 'agent.paused', at: at(10), actor: 'usr_1', actor_name: 'anna' },
  ...{ actor_key: null, door: 'api', execution_id: null, approval_id: null, agent_id: 'agt_1', workspace_id: null },
  data: { reason: 'INC-42' },
}
const before = { ...pause, id: '0-1', at: '2026-04-30T10:00:00.000Z', data: { reason: 'long ago' } }

async function written(t: import('node:test').TestContext, mayReadEvents: boolean): Promise<string> {
  const server = await scriptedServer(({ path }, response) => {
    if (path.includes('/events')) {
      if (!mayReadEvents) return refusal(response, 403, 'scope_insufficient', {})
      return json(response, 200, { object: 'list', data: [pause, before], has_more: false, last_id: '0-1' })
    }
    json(response, 200, path.includes('exe_2') ? doubtful : failed)
  })
  t.after(() => server.close())
  const argv = ['exec', 'postmortem', 'exe_1', 'exe_2', '--incident', 'INC-42']
  const { code, stdout } = await xeroctl(t, argv, { env: envFor(server) })
  assert.equal(code, 0)
  return stdout
}

test('a postmortem has the seven fields, with what the record knows and marks where people must write', async (t) => {
  const page = await written(t, true)
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  assert.deepEqual(headings, [
    '1. Incident and window',
    '2. Affected invocations',
    '3. Root cause',
    '4. Detection',
    '5. Remediation actions',
    '6. Preventive follow-ups',
    '7. Archive',
    'Timeline',
  ])
  assert.match(page, /^- Window: 2026-05-01T10:00:00.000Z to 2026-05-01T10:05:00.000Z \(5m\)$/m)
  assert.match(page, /^\| exe_1 \| host\\_process\\_kill \| destructive \| local-host \| jump 1.2.3 \| failed \| 3 \|/m)
  assert.match(page, /First sign on the record: 2026-05-01T10:01:00.000Z, exe_1 became failed/)
  assert.match(page, /Time to detect: 10m at most, .* \(anna paused the agent agt_1: INC-42\)/)
  const actions = page.slice(page.indexOf('## 5.'), page.indexOf('## 6.'))
  assert.deepEqual(
    [...actions.matchAll(/^- 2026-05-01T10:(\d\d)/gm)].map(([, minute]) => minute),
    ['10', '20', '30'],
  )
  assert.match(page, /nobody was asked about host\\_process\\_kill \(destructive\)/)
  assert.match(
    page,
    /exports create --type executions --since 2026-05-01T10:00:00.000Z --until 2026-05-01T10:05:01.000Z/,
  )
  assert.equal(page.match(/_to be written: /g)?.length, 4)
  assert.doesNotMatch(page, /long ago/)
})

test('what tools say makes no Markdown of its own', async (t) => {
  const page = await written(t, true)
  assert.match(page, /a \\\| b \\# not a heading \\<script\\>/)
  assert.doesNotMatch(page, /^# not a heading/m)
})

test('a key that may not read the events of agents still gets a postmortem, which says so', async (t) => {
  const page = await written(t, false)
  assert.match(page, /The events of the agents need a key with the scope management/)
  assert.match(page, /Time to detect: 20m at most/)
})
