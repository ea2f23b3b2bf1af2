// The guide to notifications, as written.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { linkTo, startMailServer } from '@xerotier/router/domain/notifications/mail-server.fixture.ts'
import { startReceiver } from '@xerotier/router/domain/notifications/receiver.fixture.ts'
import { path, walkGuide } from './walk.ts'

test('notifications: channels, a test, and a link from a mail', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const mails = await startMailServer(t)
  const receiver = await startReceiver(t)
  const system = await startRouterForTests({
    settings: { privateTargets: true },
    mail: { url: mails.url, from: 'xem@example.com' },
    linkSecret: 'a secret of the tests, long enough for it',
  })
  const serving = await servingAgent(system.client, 'worker', 'ws', [toolOf('stop', { risk: 'destructive' })])
  t.after(async () => {
    serving.agent.close()
    await system.stop()
  })
  const { pool } = system.router.core.store
  await pool.query(`insert into users (id, email, email_key, name, created_at, updated_at)
    values ('usr_ann', 'ann@example.com', 'ann@example.com', 'Ann', now(), now())`)
  await pool.query(
    `insert into project_members (project_id, user_id, role, added_by, added_at) values ($1, 'usr_ann', 'owner', 'test', now())`,
    [system.projectId],
  )
  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.apiKey,
  }
  const walk = walkGuide('notifications.md', { workstation: { cwd: home, env } })
  t.after(() => walk.stop())

  Object.assign(walk.values, { url: `${receiver.url}/services/x`, key: 'R0', address: 'dba@example.com' })
  const slack = await walk.run()
  await walk.run()
  await walk.run()
  const listed = await walk.run()
  assert.match(listed.stdout, /slack +#ops/)
  assert.doesNotMatch(listed.stdout + slack.stdout, /services\/x/)
  const [, id = ''] = /^Id: +(chn_[0-9a-f]{24})$/m.exec(slack.stdout) ?? []
  walk.values['channel-id'] = id
  assert.match((await walk.run()).stdout, /State: +delivered/)
  assert.match((await receiver.next()).text, /Test message from Xerotier/)

  assert.match((await walk.run()).stdout, /Quiet hours: +22:00 to 07:00, Europe\/Berlin/)

  const call = await system.client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args: {} } })
  assert.match((await receiver.next()).text, /Approval wanted: stop in ws/)
  Object.assign(walk.values, { 'approval-id': call.approval_id, email: 'ann@example.com' })
  await walk.run()
  const url = await until('the mail', () => linkTo(call.approval_id ?? '', mails))
  assert.match((await walk.run()).stdout, /open +ann@example\.com/)
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'reject', note: 'not now' }),
  })
  assert.match(await answer.text(), /It was rejected by Ann/)
  assert.match((await receiver.next()).text, /Rejected: stop in ws/)
  await walk.end()
})
