// Whatever secret the database is given, nobody reads it there: each is planted by the way that it
// comes in, and looked for in every row of every table.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { authenticatorCode } from '@xerotier/devkit/authenticator.ts'
import { bareAgent, enrollBare, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { browserSession } from '@xerotier/devkit/browser-session.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { sealedColumns } from '../../store/sealed-rows.ts'
import { reencrypt } from '../key-rotation/reencrypt.ts'
import { type MailServer, startMailServer } from '../notifications/mail-server.fixture.ts'
import { openSealed } from './sealed.ts'

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const linkSecret = 'planted-secret-of-links-0b1c2d3e4f5a6b7c8d9e'
const password = 'planted battery horse'
const planted: Record<string, string> = {
  linkSecret,
  password,
  argument: 'planted-secret-argument-77c2',
  chat: 'planted-in-a-chat-url-31ab',
  device: 'planted-in-an-endpoint-5e60',
}
let mails: MailServer
const cleanups: (() => unknown)[] = []
let system: RouterForTests
let agent: ServingAgent
/** Of the authenticator: base32. */
let authenticator = ''

/** Bytes of a secret, as rows may show them. */
function formsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret)
  const plain = typeof secret === 'string' ? [secret] : []
  return [...plain, bytes.toString('hex'), bytes.toString('base64').replace(/.{0,3}=*$/, '')]
}

async function rows(): Promise<string> {
  const { pool } = system.router.core.store
  const tables = await pool.query(`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`)
  const texts: string[] = []
  for (const { name } of tables.rows)
    for (const { row } of (await pool.query(`select ${name}::text as row from ${name}`)).rows) texts.push(row)
  return texts.join('\n')
}

interface Sealed {
  where: string
  id: string
  value: Buffer
}
async function sealed(): Promise<Sealed[]> {
  const found = await Promise.all(
    sealedColumns.map(async ({ table, id, column }) => {
      const { rows: some } = await system.router.core.store.pool.query(
        `select ${id} as id, ${column} as value from ${table} where ${column} is not null`,
      )
      return some.map((row) => ({ ...row, where: `${table}.${column}` }))
    }),
  )
  return found.flat()
}
const open = ({ id, value }: Sealed) => openSealed(system.router.core.identity.keyring, id, value)

async function requireNone(): Promise<void> {
  const dump = await rows()
  const files = readdirSync(join(system.stateDir, 'keys')).map((name): [string, Buffer] => [
    name,
    Buffer.from(readFileSync(join(system.stateDir, 'keys', name), 'utf8').trim(), 'hex'),
  ])
  const opened = (await sealed()).map((one): [string, Buffer] => [one.where, open(one)])
  const seed = Buffer.from(base32Bytes(authenticator))
  for (const [what, secret] of [...Object.entries(planted), ...files, ...opened, ['authenticator', seed] as const])
    for (const form of formsOf(secret)) assert.ok(!dump.includes(form), `${what} stands in a row`)
}

/** RFC 4648, whole bytes of it. */
function base32Bytes(text: string): number[] {
  const bits = [...text].map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
  return (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
}

before(async () => {
  mails = await startMailServer(
    { after: (cleanup) => void cleanups.push(cleanup as () => unknown) },
    {
      disabledCommands: ['STARTTLS'],
      // What cannot be sent yet waits in the outbox.
      onRcptTo: (_address, _, done) => done(Object.assign(new Error('try later'), { responseCode: 451 })),
    },
  )
  system = await startRouterForTests({
    encryptionKeys: [oldKey],
    linkSecret,
    settings: { rotationMs: 3_600_000, keyOverlapMs: 3_600_000 },
    mail: { url: mails.url, from: 'xem@example.com' },
  })
  const { client } = system
  planted.bootstrapKey = system.apiKey

  const made = await client.call('apiKeys.create', { body: { name: 'planted', scopes: ['execution'] } })
  planted.apiKey = made.key
  planted.apiKeyAfterIt = (await client.call('apiKeys.rotate', { params: { id: made.id } })).key
  planted.joinKey = (await client.call('joinKeys.create', { body: { name: 'planted', region: 'eu' } })).key
  planted.invitation = (
    await client.call('invitations.create', { body: { email: 'planted@example.com', groups: [] } })
  ).token

  const hook = { url: 'https://hooks.invalid/x', events: ['*' as const] }
  const webhook = await client.call('webhooks.create', { body: hook })
  planted.webhook = webhook.secret
  planted.webhookAfterIt = (await client.call('webhooks.rotateSecret', { params: { id: webhook.id }, body: {} })).secret
  const url = `https://hooks.slack.example.com/services/${planted.chat}`
  await client.call('channels.create', { body: { name: 'chat', kind: 'slack', url, events: ['*'] } })

  const browser = browserSession(system.router.url)
  const used = (await client.call('loginLinks.create')).token
  Object.assign(planted, { usedLink: used, unusedLink: (await client.call('loginLinks.create')).token })
  await browser.loginByLink(used)
  Object.assign(planted, { session: browser.cookie?.split('=')[1] ?? '', csrf: browser.csrf })
  await browser.send('POST', '/ops/api/password', { password })
  const begun = await browser.send('POST', '/ops/api/second-factor')
  authenticator = String(((await begun.json()) as { secret: string }).secret)
  planted.authenticator = authenticator
  const code = authenticatorCode(authenticator, Date.now())
  const confirmed = await browser.send('POST', '/ops/api/second-factor/confirm', { code })
  const { codes } = (await confirmed.json()) as { codes: string[] }
  assert.equal(codes.length, 10)
  for (const [at, one] of codes.entries()) Object.assign(planted, { [`recovery${at}`]: one, [`typed${at}`]: bare(one) })

  const { key } = (await (await browser.send('GET', '/ops/api/push')).json()) as { key: string }
  const keys = { p256dh: randomBytes(65).toString('base64url'), auth: randomBytes(16).toString('base64url') }
  const endpoint = `https://push.example.com/${planted.device}`
  Object.assign(planted, keys)
  assert.equal((await browser.send('POST', '/ops/api/push', { name: 'phone', endpoint, key, keys })).status, 200)

  const input_schema = { type: 'object', properties: { password: { type: 'string', writeOnly: true } } }
  agent = await servingAgent(client, 'keeper', 'vault', [toolOf('set', { risk: 'destructive', input_schema })])
  const body = { workspace: 'vault', tool: 'set', args: { password: planted.argument } }
  await client.call('invocations.submit', { body })

  await client.call('grantKeys.rotate', { body: { reason: 'drill' } })
  await rotateCurve()
})
after(async () => {
  agent.agent.close()
  await system.stop()
  for (const cleanup of cleanups) await cleanup()
})

const bare = (code: string) => code.replaceAll('-', '')

/** The router makes a key of its own for it. */
async function rotateCurve(): Promise<void> {
  const { keys, enrollment } = await enrollBare(system.client, 'turning')
  planted.agentToken = enrollment.token
  const turning = bareAgent(keys, enrollment)
  await turning.open({ features: ['rotation'] })
  const params = { id: enrollment.agent_id }
  await system.client.call('agents.curveRotate', { params, query: { wait: 0 }, body: {} })
  turning.close()
}

test('no secret that the database was given stands in a row of it, in plain or as bytes', async () => {
  await until('the mails to wait in the outbox', async () => {
    const { data } = await system.client.call('deliveries.list', { query: { limit: 100 } })
    return data.length > 3 ? true : undefined
  })
  for (const [what, secret] of Object.entries(planted)) assert.ok(secret.length > 7, `${what} was planted`)
  await requireNone()
})

test('of each column that holds sealed values there is one, and it opens for its row alone', async () => {
  const all = await sealed()
  const found = new Set(all.map(({ where }) => where))
  assert.deepEqual(
    sealedColumns.map(({ table, column }) => `${table}.${column}`).filter((where) => !found.has(where)),
    [],
  )
  for (const one of all) {
    assert.ok(open(one).length > 0, one.where)
    assert.throws(() => open({ ...one, id: `${one.id}x` }), one.where)
  }
})

/** Columns by whose names or type one could take them for secrets, and what is in them. */
const known: Readonly<Record<string, string>> = {
  hash: 'of a value of 80 random bits or more, or by argon2id',
  previous_hash: 'of a value that nobody can guess',
  token_hash: 'of a value that nobody can guess',
  manifest_hash: 'of what an agent offers',
  credentials_ref: "the name of a file on the agent's host",
  signing_public_key: 'a public half',
  consumed_signing_key: 'a public half',
  public_key: 'a public half',
  endpoint_hash: 'of an address that nobody can guess',
  credential_id: 'how an authenticator names a passkey; nothing opens with it alone',
  hashes: 'of the audit log, which whoever may read a project may read',
  signature: 'what it signs is no secret',
  proof: 'what it signs is no secret',
  statement: 'what it signs is no secret',
  data: 'what calls carry, sealed where the project wants it (encrypted-calls.pg.test.ts)',
}

test('a column that sounds like a secret, or holds bytes, is sealed, or is listed with what it is', async () => {
  const { rows: columns } = await system.router.core.store.pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public'
       and (data_type = 'bytea' or column_name ~ '(secret|token|password|hash$|seed|credential|private)')`,
  )
  const places: readonly { table: string; column: string }[] = sealedColumns
  const others = columns.filter(
    ({ table, column }) => !places.some((place) => place.table === table && place.column === column),
  )
  assert.deepEqual(
    others.filter(({ column }) => !(column in known)).map(({ table, column }) => `${table}.${column}`),
    [],
  )
})

test('a seed from before they were sealed logs in, and is sealed at the next look', async () => {
  const { core } = system.router
  const clear = Buffer.from(base32Bytes(authenticator))
  const { rows: factors } = await core.store.pool.query('update second_factors set secret = $1 returning user_id', [
    clear,
  ])
  assert.equal(factors.length, 1)
  assert.deepEqual(await reencrypt(core), { changed: 1, lost: 0 })
  await requireNone()
})

test('a key that replaces another seals all of it anew, and the person logs in with the same authenticator', async () => {
  await system.restart({ encryptionKeys: [newKey, oldKey] })
  const count = (await sealed()).length
  const { changed, lost } = await reencrypt(system.router.core)
  assert.equal(lost, 0)
  assert.ok(changed >= count, `${changed} of ${count}`)
  await system.restart({ encryptionKeys: [newKey] })
  await requireNone()
  const login = async (code: string) => {
    const body = { email: 'owner@localhost', password, code }
    return (await browserSession(system.router.url).send('POST', '/ops/api/login', body)).status
  }
  // The code of the moment may be the one that confirmed it, and that of the next step is good too.
  const codes = [0, 30_000].map((ms) => authenticatorCode(authenticator, Date.now() + ms))
  assert.ok((await login(codes[0]!)) === 200 || (await login(codes[1]!)) === 200)
})

test('without the key an authenticator opens nothing, and a recovery code does', async () => {
  await system.restart({ encryptionKeys: [randomBytes(32)] })
  const login = async (code: string) => {
    const body = { email: 'owner@localhost', password, code }
    return (await browserSession(system.router.url).send('POST', '/ops/api/login', body)).status
  }
  assert.equal(await login(authenticatorCode(authenticator, Date.now() + 30_000)), 401)
  assert.equal(await login(planted.recovery0!), 200)
})
