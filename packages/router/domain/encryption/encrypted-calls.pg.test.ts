// A project that has what its calls carry encrypted: nobody finds it in the database, and everybody
// who may read it does so as before.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import {
  type DebianPostgres,
  debianPostgresPrograms,
  startDebianPostgres,
  withoutDebianPostgres,
} from '@xerotier/devkit/debian-postgres.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { sealedOverhead } from '../../store/contents.ts'
import { reencrypt } from '../key-rotation/reencrypt.ts'
import { createKeyring } from './keyring.ts'
import { seal, sealedPrefix } from './sealed.ts'

const [oldKey, newKey, foreignKey] = [randomBytes(32), randomBytes(32), randomBytes(32)]
/** Each of these is planted once, and is to be found in no dump. */
const planted = {
  argument: 'planted-argument-51c0',
  secret: 'planted-secret-7f3a',
  result: 'planted-result-90aa',
  error: 'planted-error-22f1',
  output: 'planted-output-8d0e',
  artifact: 'planted-artifact-4b77',
}
let postgres: DebianPostgres | undefined
let url: string
let system: RouterForTests
let agent: ServingAgent
let webhookSecret: string
/** The call that completed, and the one that failed. */
let [done, failed] = ['', '']

const text = (words: string) => new TextEncoder().encode(words)
const input_schema = {
  type: 'object',
  properties: { note: { type: 'string' }, password: { type: 'string', writeOnly: true } },
}
const tools = [toolOf('write', { risk: 'destructive', input_schema }), toolOf('look', { input_schema })]

async function run(tool: string, changes: (call: CallRef) => { frames: unknown[]; result: Record<string, unknown> }) {
  const body = { workspace: 'vault', tool, args: { note: planted.argument, password: planted.secret } }
  const { id, approval_id } = await system.client.call('invocations.submit', { body })
  if (approval_id !== null)
    await system.client.call('approvals.approve', { params: { id: approval_id }, body: { note: 'checked' } })
  const call = await agent.agent.next('dispatch')
  assert.equal(call.args.note, planted.argument)
  const { execution_id, attempt, lease_epoch } = call
  const { frames, result } = changes({ execution_id, attempt, lease_epoch })
  await agent.agent.send(frames)
  await agent.answer(call, result)
  return id
}

before(async () => {
  if (withoutDebianPostgres === false) postgres = await startDebianPostgres()
  const own = await postgres?.database('encrypted')
  system = await startRouterForTests({
    encryptionKeys: [oldKey],
    ...(own === undefined ? {} : { databaseUrl: own }),
  })
  url = own ?? system.database.url
  const { client } = system
  const body = { url: 'https://hooks.invalid/x', events: ['*' as const] }
  webhookSecret = (await client.call('webhooks.create', { body })).secret
  await client.call('project.update', { body: { encrypt_calls: true } })
  agent = await servingAgent(client, 'keeper', 'vault', tools)
  done = await run('write', (call) => ({
    frames: [
      { t: 'output', ...call, seq: 0, stream: 'stdout', at: Date.now(), data: text(`${planted.output}\n`) },
      {
        ...{ t: 'artifact', ...call, seq: 1, name: 'report.txt', media_type: 'text/plain', at: Date.now() },
        data: text(planted.artifact),
      },
    ],
    result: { result: { said: planted.result }, stdout_bytes: planted.output.length + 1 },
  }))
  failed = await run('look', () => ({
    frames: [],
    result: { outcome: 'failed', exit_code: 1, error: { code: 'execution_failed', message: planted.error } },
  }))
  await until('the deliveries of both ends', async () => {
    const { data } = await client.call('deliveries.list', { query: { limit: 100 } })
    const types = data.map(({ type }) => type)
    return (types.includes('exec.completed') && types.includes('exec.failed')) || undefined
  })
  await until('the seal', async () => {
    const { size, kept_checkpoint, checkpoint } = await client.call('audit.log')
    return (size > 0 && kept_checkpoint === checkpoint) || undefined
  })
})
after(async () => {
  agent.agent.close()
  await system.stop()
  await postgres?.stop()
})

function requireNone(dump: string): void {
  for (const [what, marker] of Object.entries({ ...planted, webhookSecret })) {
    for (const form of [
      marker,
      Buffer.from(marker).toString('hex'),
      Buffer.from(marker).toString('base64').slice(0, -4),
    ])
      assert.ok(!dump.includes(form), `${what} as ${form}`)
  }
}

/** Every row of every table as it is stored. */
async function rows(): Promise<string> {
  const { pool } = system.router.core.store
  const tables = await pool.query(`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`)
  const texts: string[] = []
  for (const { name } of tables.rows)
    for (const { row } of (await pool.query(`select ${name}::text as row from ${name}`)).rows) texts.push(row)
  return texts.join('\n')
}

const call = (id: string) => system.client.call('executions.show', { params: { id } })
const bytes = async (path: string) => {
  const response = await fetch(`${system.router.url}/demo/v1/exec/executions/${path}`, {
    headers: { authorization: `Bearer ${system.apiKey}` },
  })
  return { status: response.status, text: await response.text(), length: response.headers.get('content-length') }
}

/** What who may read it reads. */
async function requireReadable(): Promise<void> {
  const [one, other] = [await call(done), await call(failed)]
  assert.equal(one.args.note, planted.argument)
  assert.deepEqual(one.result, { said: planted.result })
  assert.deepEqual([one.stdout, one.stdout_bytes], [`${planted.output}\n`, planted.output.length + 1])
  assert.deepEqual(
    one.artifacts.map(({ name, bytes }) => [name, bytes]),
    [['report.txt', planted.artifact.length]],
  )
  assert.deepEqual(other.error, { code: 'execution_failed', message: planted.error })
  assert.deepEqual((await bytes(`${done}/raw`)).text, `${planted.output}\n`)
  const artifact = await bytes(`${done}/artifacts/report.txt`)
  assert.deepEqual([artifact.text, artifact.length], [planted.artifact, String(planted.artifact.length)])
  const { data } = await system.client.call('approvals.list', { query: { status: 'all' } })
  assert.match(data[0]?.prompt ?? '', new RegExp(planted.argument))
  assert.equal(data[0]?.args.note, planted.argument)
}

test('what calls carry stands in no row, and whoever may read it reads it as before', async () => {
  requireNone(await rows())
  await requireReadable()
})

test('a dump by pg_dump holds nothing of it', { skip: withoutDebianPostgres }, () => {
  const dump = spawnSync(join(debianPostgresPrograms, 'pg_dump'), ['--inserts', url], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  assert.equal(dump.status, 0, dump.stderr)
  assert.match(dump.stdout, new RegExp(done))
  requireNone(dump.stdout)
})

test('an event says the code of an error, and its words no more than that they are encrypted', async () => {
  const { transitions } = await call(failed)
  const { error } = transitions.at(-1)?.detail ?? {}
  assert.deepEqual(error, {
    code: 'execution_failed',
    message: 'What the tool said is encrypted: read it with the execution.',
  })
})

test('streams, webhooks, past calls of a policy and a retry have it in the clear', async () => {
  const told: string[] = []
  for await (const event of system.client.events('executions.stream', {
    query: { execution_id: done, output: 'true' },
  })) {
    told.push(event.data ?? '')
    if (event.event === 'x_exec.execution.completed') break
  }
  assert.ok(told.some((data) => data.includes(Buffer.from(`${planted.output}\n`).toString('base64'))))
  assert.ok(told.some((data) => data.includes(planted.result)))
  const deliveries = await system.router.core.store.db.selectFrom('deliveries').selectAll().execute()
  const completed = deliveries.find(({ type }) => type === 'exec.completed')
  assert.match(completed?.body ?? '', new RegExp(planted.result))
  const backtest = await system.client.call('policies.backtest', {
    body: {
      document: { rules: [{ name: 'noted', when: `args.note == "${planted.argument}"`, then: { refuse: 'noted' } }] },
      since: new Date(0).toISOString(),
    },
  })
  assert.match(JSON.stringify(backtest), /"refuse/)
  const again = await system.client.call('executions.retry', {
    params: { id: failed },
    body: { args: { password: planted.secret } },
  })
  const dispatched = await agent.agent.next('dispatch')
  assert.equal(dispatched.execution_id, again.id)
  assert.equal(dispatched.args.note, planted.argument)
  await agent.answer(dispatched)
  requireNone(await rows())
})

test('a key that replaces another encrypts all anew, also when the router dies at any step of it', async () => {
  agent.agent.close()
  await system.restart({ encryptionKeys: [newKey, oldKey] })
  await requireReadable()
  const { core } = system.router
  /** Dies after so many transactions. */
  const dying = (steps: number) => {
    let left = steps
    const after: typeof core.clock.after = (ms, then) => {
      if (left-- <= 0) throw new Error('killed')
      return core.clock.after(ms, then)
    }
    return { ...core, clock: { ...core.clock, now: core.clock.now, monotonic: core.clock.monotonic, after } }
  }
  let [deaths, isOver] = [0, false]
  while (!isOver) {
    isOver = await reencrypt(dying(1), 1).then(
      ({ changed, lost }) => changed === 0 && lost === 0,
      () => false,
    )
    deaths += isOver ? 0 : 1
    await requireReadable()
    assert.ok(deaths < 100)
  }
  assert.ok(deaths > 5, `${deaths}`)
  await system.restart({ encryptionKeys: [newKey] })
  await requireReadable()
  requireNone(await rows())
})

test('without the key lists go on, nothing is taken for arguments, and it is said what is missing', async () => {
  await system.restart({ encryptionKeys: [foreignKey] })
  const { lost } = await reencrypt(system.router.core)
  assert.ok(lost > 3)
  const { data } = await system.client.call('executions.list', { query: {} })
  assert.equal(data.length, 3)
  const shown = await call(done)
  assert.deepEqual(shown.args, { encrypted: 'No key of this router opens what is encrypted here.' })
  assert.equal(shown.stdout, 'No key of this router opens what is encrypted here.')
  for (const path of [`${done}/raw`, `${done}/artifacts/report.txt`]) {
    const { status, text } = await bytes(path)
    assert.deepEqual([status, JSON.parse(text).error.code], [500, 'contents_unreadable'])
  }
  await assert.rejects(
    system.client.call('executions.retry', { params: { id: failed }, body: { args: { password: 'x' } } }),
    { code: 'contents_unreadable' },
  )
  await system.restart({ encryptionKeys: [newKey] })
  await requireReadable()
})

test('calls from then on are in the clear when the project says so, and those before stay sealed', async () => {
  await system.client.call('project.update', { body: { encrypt_calls: false } })
  agent = { ...agent, agent: agent.again(tools) }
  await agent.agent.open({ journal_id: '0'.repeat(32) })
  const open = await system.client.call('invocations.submit', {
    body: { workspace: 'vault', tool: 'look', args: { note: 'nothing to hide', password: 'x' } },
  })
  assert.ok((await rows()).includes('nothing to hide'))
  assert.equal((await call(open.id)).args.note, 'nothing to hide')
  await requireReadable()
  requireNone(await rows())
})

test('what is sealed is longer by what the store takes off', () => {
  const keyring = createKeyring([oldKey], newKey)
  assert.equal(seal(keyring, 'x', Buffer.alloc(100)).length, 100 + sealedOverhead)
  assert.ok(sealedPrefix(keyring).length < sealedOverhead)
})
