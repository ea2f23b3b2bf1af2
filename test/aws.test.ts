// The aws bundle through the whole system: the real aws, run
// by a real agent, against moto. Two workspaces, two accounts.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Client } from '@xerotier/client/client.ts'
import { awsMissing, type Moto, startMoto } from '@xerotier/devkit/fakes/moto.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { createLog } from '@xerotier/runtime/log.ts'

const ec2 = (Action: string, more: Record<string, string>) => ({ Action, Version: '2016-11-15', ...more })
const field = (xml: string, name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)![1]!

/** Credentials of a role in an account of its own, as moto hands them out. */
async function credentialsOf(moto: Moto, account: string) {
  const xml = await moto.ask('sts', 'testing', {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${account}:role/xem`,
    RoleSessionName: 'xem',
  })
  return {
    account,
    id: field(xml, 'AccessKeyId'),
    secret: field(xml, 'SecretAccessKey'),
    token: field(xml, 'SessionToken'),
  }
}
type Credentials = Awaited<ReturnType<typeof credentialsOf>>

function writeProfile(file: string, { id, secret, token }: Credentials): void {
  const lines = ['[default]', `aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`]
  writeFileSync(file, [...lines, `aws_session_token = ${token}`, 'region = eu-central-1', ''].join('\n'), {
    mode: 0o600,
  })
}

suite('aws through the whole system', { skip: awsMissing() }, () => {
  let moto: Moto
  let system: System
  /** Two people: neither made the key of the other. */
  let requester: Client
  let reviewer: Client
  let sandbox: Credentials
  let production: Credentials
  let instance: string
  let logged = ''
  const log = createLog({
    level: 'trace',
    name: 'test',
    destination: {
      write(line) {
        logged += line
      },
    },
  })

  before(async () => {
    moto = await startMoto()
    sandbox = await credentialsOf(moto, '111111111111')
    production = await credentialsOf(moto, '222222222222')
    const image = { ImageId: 'ami-12c6146b', MinCount: '1', MaxCount: '1' }
    instance = field(await moto.ask('ec2', sandbox.id, ec2('RunInstances', image)), 'instanceId')
    system = await startSystem({ log })
    await system.client.call('project.update', { body: { allow_self_approval: false } })
    const clientOf = async (name: string) => {
      const { key } = await system.client.call('apiKeys.create', { body: { name, scopes: ['execution'] } })
      return system.router.clientWith(key)
    }
    requester = await clientOf('requester')
    reviewer = await clientOf('reviewer')
    const agent = await system.addAgent({
      log,
      env: { XEM_SHIPPED_BUNDLES: 'aws' },
      // The host's own credentials are of nobody that moto
      // knows: whoever used them would be in another account.
      hostEnv: { HOME: process.env.HOME ?? '', AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'host' },
      prepare({ credentials }) {
        writeProfile(join(credentials, 'account-1.ini'), sandbox)
        writeProfile(join(credentials, 'account-2.ini'), production)
      },
    })
    for (const [name, credentials_ref] of [
      ['sandbox', 'account-1.ini'],
      ['production', 'account-2.ini'],
      ['forgotten', 'account-3.ini'],
    ] as const) {
      await system.client.call('workspaces.create', { body: { name, type: 'aws' } })
      await system.client.call('workspaces.bind', {
        params: { id: name },
        body: { agent: agent.name, credentials_ref },
      })
      await until(`the agent to serve ${name}`, async () => {
        const { data } = await system.client.call('tools.list', { query: { workspace: name } })
        return data.length > 0 ? true : undefined
      })
    }
  })
  after(async () => {
    await system?.stop()
    await moto?.close()
  })

  const submit =
    (wait: number) =>
    (workspace: string, tool: string, args: Record<string, unknown> = {}) =>
      requester.call('invocations.submit', { query: { wait }, body: { workspace, tool, args }, timeoutMs: 40_000 })
  const run = submit(30)
  const ask = submit(0)
  const show = (id: string) => system.client.call('executions.show', { params: { id } })
  const outputOf = async (id: string) => JSON.parse((await show(id)).stdout)
  const ended = (id: string) =>
    until('the call to end', async () => {
      const execution = await show(id)
      return execution.finished_at === null ? undefined : execution
    })
  const stateOf = async (id: string) => {
    const xml = await moto.ask('ec2', sandbox.id, ec2('DescribeInstances', { 'InstanceId.1': id }))
    return field(/<instanceState>.*?<\/instanceState>/s.exec(xml)![0], 'name')
  }

  test('a read runs at once, as the account whose file the binding of its workspace names', async () => {
    for (const [workspace, { account }] of [
      ['sandbox', sandbox],
      ['production', production],
    ] as const) {
      const read = await run(workspace, 'aws_sts_identity')
      assert.equal(read.state, 'completed', (await show(read.id)).stderr)
      assert.equal(read.approval_id, null)
      assert.equal((await outputOf(read.id)).Account, account)
    }
    const there = await run('sandbox', 'aws_ec2_describe', { instance_ids: [instance] })
    assert.equal((await outputOf(there.id)).Reservations[0].Instances[0].State.Name, 'running')
    const elsewhere = await run('production', 'aws_ec2_describe', { instance_ids: [instance] })
    assert.equal(elsewhere.state, 'failed')
    assert.match((await show(elsewhere.id)).stderr, /InvalidInstanceID\.NotFound/)
  })

  test('without the file that the binding names nothing runs, although the host has credentials of its own', async () => {
    const { state, error } = await run('forgotten', 'aws_sts_identity')
    assert.equal(state, 'failed')
    assert.equal(error?.code, 'credentials_missing')
  })

  test('a tag is written without a person', async () => {
    const args = { resources: [instance], key: 'Name', value: 'web server' }
    const tagged = await run('sandbox', 'aws_ec2_tag', args)
    assert.equal(tagged.state, 'completed', (await show(tagged.id)).stderr)
    assert.equal(tagged.risk, 'write')
    assert.equal(tagged.approval_id, null)
    const filter = { 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'web server' }
    assert.match(await moto.ask('ec2', sandbox.id, ec2('DescribeInstances', filter)), new RegExp(instance))
  })

  test('a stop that a person rejects never runs', async () => {
    const asked = await ask('sandbox', 'aws_ec2_stop', { instance_ids: [instance] })
    assert.equal(asked.state, 'pending_approval')
    await reviewer.call('approvals.reject', { params: { id: asked.approval_id! }, body: { note: 'not today' } })
    const record = await ended(asked.id)
    assert.equal(record.state, 'rejected')
    assert.equal(record.attempt, 0)
    assert.equal(record.started_at, null)
    assert.deepEqual(
      record.approvals.map(({ state, note }) => ({ state, note })),
      [{ state: 'rejected', note: 'not today' }],
    )
    await assert.rejects(reviewer.call('approvals.approve', { params: { id: asked.approval_id! }, body: {} }), {
      code: 'approval_already_decided',
    })
    assert.equal(await stateOf(instance), 'running')
  })

  test('a stop runs once another person approves it, and the record says who and what came of it', async () => {
    const asked = await ask('sandbox', 'aws_ec2_stop', { instance_ids: [instance] })
    const decide = (client: Client) =>
      client.call('approvals.approve', { params: { id: asked.approval_id! }, body: { note: 'go on' } })
    await assert.rejects(decide(requester), { code: 'self_approval' })
    assert.equal(await stateOf(instance), 'running', 'it waits')
    const { decided_by } = await decide(reviewer)
    const record = await ended(asked.id)
    assert.equal(record.state, 'completed', record.stderr)
    assert.equal(record.exit_code, 0)
    assert.equal(JSON.parse(record.stdout).StoppingInstances[0].InstanceId, instance)
    assert.notEqual(decided_by, record.requested_by)
    assert.deepEqual(
      record.approvals.map((approval) => [approval.state, approval.decided_by, approval.note]),
      [['approved', decided_by, 'go on']],
    )
    assert.equal(await stateOf(instance), 'stopped')
  })

  test('a terminate is refused until the name of its tool is typed', async () => {
    const asked = await ask('sandbox', 'aws_ec2_terminate', { instance_ids: [instance] })
    assert.equal(asked.risk, 'irreversible')
    const approve = (body: object) => reviewer.call('approvals.approve', { params: { id: asked.approval_id! }, body })
    await assert.rejects(approve({}), { code: 'confirmation_required' })
    await assert.rejects(approve({ confirm: 'aws_ec2_stop' }), { code: 'confirmation_required' })
    assert.equal((await show(asked.id)).state, 'pending_approval')
    assert.equal(await stateOf(instance), 'stopped')
    await approve({ confirm: 'aws_ec2_terminate' })
    assert.equal((await ended(asked.id)).state, 'completed')
    assert.equal(await stateOf(instance), 'terminated')
  })

  test('the credentials are in no record, event or log', async () => {
    const { pool } = system.router.router.core.store
    const { rows: tables } = await pool.query<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables
       where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    let stored = ''
    for (const { name } of tables) {
      const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`)
      stored += rows.map(({ row }) => row).join('\n')
    }
    const hex = (text: string) => Buffer.from(text).toString('hex')
    // What is looked through does hold what the calls said: else nothing found would mean nothing.
    assert.ok(stored.includes(instance) && stored.includes(hex(instance)) && logged.includes('aws_ec2_terminate'))
    for (const { id, secret, token } of [sandbox, production]) {
      for (const credential of [id, secret, token]) {
        assert.ok(!stored.includes(credential) && !stored.includes(hex(credential)), 'it is in the database')
        assert.ok(!logged.includes(credential), 'it is in a log')
      }
    }
  })
})
