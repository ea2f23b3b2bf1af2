import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import pg from 'pg'
import { sealedColumns } from '../../store/sealed-rows.ts'
import { openChannelSecret } from '../channels/secret.ts'
import { createKeyring } from '../encryption/keyring.ts'
import { openSealed, seal, sealedPrefix } from '../encryption/sealed.ts'
import { openSecrets } from '../tools/call-secrets.ts'
import { createReencryption, reencrypt } from './reencrypt.ts'

const [oldKey, newKey, foreignKey] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const planted = 'planted-7f3a91'
let system: RouterForTests
let agent: ServingAgent
let webhook: { id: string; secret: string }
let call: string

before(async () => {
  system = await startRouterForTests({ encryptionKeys: [oldKey] })
  const input_schema = { type: 'object', properties: { password: { type: 'string', writeOnly: true } } }
  agent = await servingAgent(system.client, 'keeper', 'vault', [
    toolOf('set_password', { risk: 'destructive', input_schema }),
  ])
  const { client } = system
  const body = { url: 'https://hooks.example.com/x', events: ['exec.completed' as const] }
  webhook = await client.call('webhooks.create', { body })
  await client.call('channels.create', {
    body: { name: 'chat', kind: 'slack', url: `https://hooks.slack.example.com/services/${planted}`, events: ['*'] },
  })
  const submitted = await client.call('invocations.submit', {
    body: { workspace: 'vault', tool: 'set_password', args: { password: planted } },
  })
  call = submitted.id
})
after(async () => {
  agent.agent.close()
  await system.stop()
})

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: system.database.url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const tables = await query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) => query<{ row: string }>(`select ${name}::text as row from ${name}`)),
  )
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n')
}

async function sealedValues(): Promise<Buffer[]> {
  const found = await Promise.all(
    sealedColumns.map(({ table, column }) =>
      query<{ sealed: Buffer }>(`select ${column} as sealed from ${table} where ${column} is not null`),
    ),
  )
  return found.flat().map(({ sealed }) => sealed)
}

async function opened() {
  const { identity, store } = system.router.core
  const channel = await store.db
    .selectFrom('channels')
    .selectAll()
    .where('id', '=', webhook.id)
    .executeTakeFirstOrThrow()
  const row = await store.db
    .selectFrom('executions')
    .select(['id', 'secrets'])
    .where('id', '=', call)
    .executeTakeFirstOrThrow()
  return {
    signs: openChannelSecret(identity, webhook.id, channel.secret ?? Buffer.alloc(0)),
    password: openSecrets(identity, row).map(({ value }) => value),
  }
}
const readable = () => ({ signs: webhook.secret, password: [planted] })

test('a dump of the database holds no secret that was given to it, in plain or as bytes', async () => {
  const text = await dump()
  for (const secret of [planted, webhook.secret]) {
    assert.ok(!text.includes(secret))
    assert.ok(!text.includes(Buffer.from(secret).toString('hex')))
    assert.ok(!text.includes(Buffer.from(secret).toString('base64')))
  }
  assert.equal((await sealedValues()).length, 3)
  assert.deepEqual(await opened(), readable())
})

test('without the key that sealed them secrets stay as they are, and it is said how many', async () => {
  const before = await sealedValues()
  await system.restart({ encryptionKeys: [foreignKey] })
  // One at a time: the first of a table that cannot be read does not hide the next.
  assert.deepEqual(await reencrypt(system.router.core, 1), { changed: 0, lost: 3 })
  assert.deepEqual(await sealedValues(), before)
  await assert.rejects(opened())
})

test('a loss is said once, and once that it is none any more', async () => {
  const said: string[] = []
  const log = createLog({
    level: 'notice',
    name: 'test',
    destination: { write: (line) => void said.push(JSON.parse(line).level) },
  })
  const { core } = system.router
  const identity = { keyring: core.identity.keyring }
  const duty = createReencryption({ ...core, log, identity })
  for (let minute = 0; minute < 3; minute++) assert.equal((await duty()).lost, 3)
  assert.deepEqual(said, ['error'])
  identity.keyring = createKeyring([foreignKey, oldKey], foreignKey)
  assert.deepEqual([(await duty()).lost, (await duty()).lost], [0, 0])
  assert.deepEqual(said, ['error', 'notice', 'notice'])
})

test('a key that replaces another encrypts all anew, and then the other may go', async () => {
  await system.restart({ encryptionKeys: [newKey, foreignKey] })
  assert.deepEqual(await opened(), readable())
  assert.deepEqual(await reencrypt(system.router.core, 1), { changed: 3, lost: 0 })
  assert.deepEqual(await reencrypt(system.router.core), { changed: 0, lost: 0 })
  await system.restart({ encryptionKeys: [newKey] })
  const prefix = sealedPrefix(system.router.core.identity.keyring)
  for (const sealed of await sealedValues()) assert.deepEqual(sealed.subarray(0, prefix.length), prefix)
  assert.deepEqual(await opened(), readable())
})

test('what is sealed for one row opens for no other, and no changed byte is taken', () => {
  const keyring = createKeyring([oldKey], newKey)
  const sealed = seal(keyring, 'chn_a', Buffer.from('x'))
  assert.equal(openSealed(keyring, 'chn_a', sealed).toString(), 'x')
  assert.throws(() => openSealed(keyring, 'chn_b', sealed))
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(sealed.readUInt8(at) ^ 1, at)
    assert.throws(() => openSealed(keyring, 'chn_a', changed), `byte ${at}`)
  }
})

test('what was sealed before keys had ids is read still', () => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', oldKey, nonce).setAAD(Buffer.from('chn_a'))
  const text = Buffer.concat([cipher.update('x'), cipher.final()])
  const old = Buffer.concat([nonce, cipher.getAuthTag(), text])
  assert.equal(openSealed(createKeyring([newKey], oldKey), 'chn_a', old).toString(), 'x')
})
