// What is approved is what runs: defaults, operands,
// credentials and secrets from submit to program.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import pg from 'pg'

const bundle = `
name: runs
version: '1'
domain: test
tools:
  - name: show
    description: d
    risk: destructive
    command: [echo, '{words}', --, '{path}']
    input_schema:
      type: object
      additionalProperties: false
      properties:
        words: { type: array, items: { type: string }, default: [all] }
        path: { type: string, pattern: '^/', default: /tmp }
  - name: login
    description: d
    risk: destructive
    command: [cat]
    stdin: '{token}{user}'
    input_schema:
      type: object
      properties: { token: { type: string, format: password, minLength: 4 }, user: { type: string } }
  - name: with_file
    description: d
    risk: destructive
    command: ['true']
    credentials_ref: '{workspace}.json'
    input_schema: { type: object }
`

let system: System
let agent: AgentForTests
before(async () => {
  system = await startSystem()
  agent = await system.addAgent({
    prepare({ tools, credentials }) {
      mkdirSync(join(tools, 'runs'))
      writeFileSync(join(tools, 'runs', 'bundle.yaml'), bundle)
      writeFileSync(join(credentials, 'bound.json'), '')
    },
  })
  await system.addWorkspace('lab', 'host', [agent])
})
after(() => system.stop())

async function query(sql: string, values: unknown[] = []) {
  const db = new pg.Client({ connectionString: system.router.database.url })
  await db.connect()
  try {
    return await db.query<Record<string, unknown>>(sql, values)
  } finally {
    await db.end()
  }
}

/** Rows of any table that hold the text, however they hold it. */
async function mentions(text: string): Promise<number> {
  const { rows } = await query("select tablename from pg_tables where schemaname = 'public'")
  const bytes = Buffer.from(text).toString('hex')
  let found = 0
  for (const { tablename } of rows) {
    const { rowCount } = await query(
      `select 1 from "${String(tablename)}" t where t::text like $1 or t::text like $2`,
      [`%${text}%`, `%${bytes}%`],
    )
    found += rowCount ?? 0
  }
  return found
}

const approvalOf = async (id: string | null) => system.client.call('approvals.show', { params: { id: id ?? '' } })
const show = (id: string) => system.client.call('executions.show', { params: { id } })

test('reviewer, record and program see the arguments that run, defaults and all', async () => {
  const asked = await system.ask('lab', 'show', {})
  const approval = await approvalOf(asked.approval_id)
  assert.deepEqual(approval.args, { words: ['all'], path: '/tmp' })
  assert.deepEqual(asked.args, approval.args)
  assert.match(approval.prompt, /"path":"\/tmp"/)
  assert.deepEqual(
    approval.agents.map(({ name }) => name),
    [agent.name],
  )
  await system.client.call('approvals.approve', { params: { id: approval.id }, body: { digest: approval.digest } })
  const ran = await system.runApproved('lab', 'show', { words: ['a'] })
  assert.equal((await show(ran.id)).stdout, 'a -- /tmp\n')
})

test('a value that the agent would refuse is refused at submit', async () => {
  await assert.rejects(system.ask('lab', 'show', { words: ['x', '--all'] }), {
    code: 'invalid_arguments',
    param: 'args.words',
    message: 'args.words must not begin with a hyphen.',
  })
})

test('a secret reaches the program and nothing else, also after a restart of the router', async () => {
  const token = 'correct horse battery'
  const asked = await system.client.call('invocations.submit', {
    body: { workspace: 'lab', tool: 'login', args: { token, user: '!' } },
    idempotencyKey: 'login-1',
  })
  const approval = await approvalOf(asked.approval_id)
  assert.match(
    JSON.stringify(approval.args),
    /^\{"user":"!","token":\{"\$secret":"[0-9a-f]{64}"\}\}$|^\{"token":\{"\$secret":"[0-9a-f]{64}"\},"user":"!"\}$/,
  )
  assert.ok(!JSON.stringify(await show(asked.id)).includes('horse'))
  assert.equal(await mentions('horse'), 0)

  await system.router.router.stop()
  await system.router.restart()
  await system.untilHealthy(agent)
  await system.client.call('approvals.approve', { params: { id: approval.id }, body: {} })
  const stream = async () => {
    for (;;) {
      const execution = await show(asked.id)
      if (execution.finished_at !== null) return execution
    }
  }
  const ended = await stream()
  // The program printed it: what a program prints is its own matter.
  assert.deepEqual([ended.state, ended.stdout], ['completed', `${token}!`])
  const { rows } = await query('select secrets from executions where id = $1', [asked.id])
  assert.equal(rows[0]?.secrets, null)
})

test('a secret that does not fit its schema is refused without being repeated', async () => {
  await assert.rejects(system.ask('lab', 'login', { token: 'abc' }), (error: Error) => {
    assert.match(error.message, /args\.token must NOT have fewer than 4 characters/)
    assert.ok(!error.message.includes('abc'))
    return true
  })
})

test('the reviewer sees whose credentials are used, and another file is another call', async () => {
  const asked = await system.ask('lab', 'with_file', {})
  assert.equal((await approvalOf(asked.approval_id)).credentials_ref, 'lab.json')
  const missing = await system.runApproved('lab', 'with_file', {})
  assert.deepEqual([missing.state, missing.error?.code], ['failed', 'credentials_missing'])
  const bind = { agent: agent.name, credentials_ref: 'bound.json' }
  await system.client.call('workspaces.bind', { params: { id: 'lab' }, body: bind })
  await assert.rejects(system.client.call('approvals.approve', { params: { id: asked.approval_id ?? '' }, body: {} }), {
    code: 'approval_voided',
  })
  const bound = await system.runApproved('lab', 'with_file', {})
  assert.deepEqual([bound.state, bound.credentials_ref], ['completed', 'bound.json'])
})

test('a call whose tool changed before it was sent is voided or waits, and never fails', async () => {
  const other = await servingAgent(system.client, 'changing', 'elsewhere', [toolOf('stop', { risk: 'destructive' })])
  const asked = await system.ask('elsewhere', 'stop', {})
  await system.client.call('approvals.approve', { params: { id: asked.approval_id ?? '' }, body: {} })
  const call = await other.agent.next('dispatch')
  // The agent has reloaded, and its manifest is on the way.
  const { execution_id, attempt, lease_epoch } = call
  const message = 'The schema of the tool has changed since.'
  const refused = {
    t: 'refused',
    execution_id,
    attempt,
    lease_epoch,
    code: 'tool_executor_unavailable',
    message,
    retry: true,
  }
  const changed = toolOf('stop', { risk: 'destructive', input_schema: { type: 'object', required: ['why'] } })
  await other.agent.send([refused])
  other.agent.close()
  const again = other.again([changed])
  await again.open()
  for (;;) {
    const { state, error } = await show(asked.id)
    if (state === 'queued' || state === 'dispatched') continue
    assert.deepEqual([state, error?.code], ['cancelled', 'approval_voided'])
    break
  }
  again.close()
})
