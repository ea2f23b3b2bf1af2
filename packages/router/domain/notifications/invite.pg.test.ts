import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type MailServer, startMailServer } from './mail-server.fixture.ts'

let system: RouterForTests
let mails: MailServer
const cleanups: (() => unknown)[] = []

before(async () => {
  mails = await startMailServer(
    { after: (cleanup) => void cleanups.push(cleanup as () => unknown) },
    {
      disabledCommands: ['STARTTLS'],
      onRcptTo({ address }, _, done) {
        done(address.startsWith('later') ? Object.assign(new Error('try later'), { responseCode: 451 }) : null)
      },
    },
  )
  system = await startRouterForTests({ mail: { url: mails.url, from: 'xem@example.com' } })
})
after(async () => {
  await system.stop()
  for (const cleanup of cleanups) await cleanup()
})

const invite = (email: string) => system.client.call('invitations.create', { body: { email, groups: [] } })
/** Subject, and what both parts say. */
const mailTo = async (email: string) => {
  const { text } = await until('the mail', () => mails.taken.find(({ to }) => to.includes(email)))
  return text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
}
const accept = (token: string) =>
  fetch(`${system.router.url}/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'Anna' }),
  })

test('whoever is invited gets a mail with the token and what to do, and comes in with it', async () => {
  const { token } = await invite('anna@example.com')
  const text = await mailTo('anna@example.com')
  assert.match(text, /^Subject: You are invited to the project demo\r$/m)
  assert.equal(text.split(token).length, 3, 'in the plain text and in the HTML')
  assert.match(text, /xeroctl project invitations accept --base-url https?:\S+\/demo\/v1 --name/)
  assert.equal((await accept(token)).status, 201)
})

test('the token stands in no row of the database, and in no list', async () => {
  const { token, id } = await invite('ben@example.com')
  await mailTo('ben@example.com')
  const { pool } = system.router.core.store
  const rows = [
    (await pool.query('select * from deliveries')).rows,
    (await pool.query('select * from events')).rows,
    (await pool.query('select * from invitations')).rows,
    await system.client.call('deliveries.list', { query: {} }),
  ]
  assert.ok(JSON.stringify(rows).includes(id))
  assert.ok(!JSON.stringify(rows).includes(token))
})

test('an invitation that is revoked before its mail was taken is mailed no more', async () => {
  const { id } = await invite('later@example.com')
  const delivery = await until('a failed attempt', async () => {
    const { data } = await system.client.call('deliveries.list', { query: {} })
    return data.find(({ recipient, attempts }) => recipient === id && attempts > 0)
  })
  assert.equal(delivery.state, 'pending')
  await system.client.call('invitations.revoke', { params: { id } })
  const { clock } = system.router.core
  await system.router.core.store.db
    .updateTable('deliveries')
    .set({ next_attempt_at: new Date(clock.now()) })
    .where('id', '=', delivery.id)
    .execute()
  await invite('dora@example.com')
  const ended = await until('its end', async () => {
    const { data } = await system.client.call('deliveries.list', { query: {} })
    return data.find((one) => one.id === delivery.id && one.state !== 'pending')
  })
  assert.equal(ended.state, 'delivered', 'there is nothing left to say')
  assert.equal(mails.taken.filter(({ to }) => to.includes('later@example.com')).length, 0)
})
