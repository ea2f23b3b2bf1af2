// A database after a year of work: executions, three events each, and the approvals of those that
// needed one. SQL makes a million in a minute. What is common, rare, or never was has a name here.
import pg from 'pg'

export const manyRows = {
  /** Two thirds of all calls; the rest is spread over 37 others. */
  commonWorkspace: `ws_${'c'.repeat(24)}`,
  /** Ten calls in a million, in the older half. */
  rareWorkspace: `ws_${'a'.repeat(24)}`,
  neverWorkspace: `ws_${'b'.repeat(24)}`,
  commonTool: 'tool_0',
  /** As common, but never in the common workspace. */
  elsewhereTool: 'tool_1',
  /** Twenty calls in a million, in the older half; irreversible. */
  rareTool: 'tool_rare',
  neverTool: 'tool_never',
  /** Of a thousand, each with calls in one workspace. */
  commonAgent: `agt_${'0'.repeat(24)}`,
  idleAgent: `agt_${'f'.repeat(24)}`,
  /** Asked for two thirds of all calls, and decided all but those of the rare tool. */
  key: `key_${'0'.repeat(24)}`,
  /** Asked for the rest, but never in the common workspace. */
  elsewhereKey: `key_${'1'.repeat(24)}`,
  /** Ten calls in a million, in the older half; decided those of the rare tool. */
  rareKey: `key_${'2'.repeat(24)}`,
  neverKey: `key_${'3'.repeat(24)}`,
} as const

/** Rows made by one transaction: events have as many transaction ids as there are such pieces. */
const piece = 50_000

/**
 * Fills a database that has the project and no calls yet.
 * Its owner must be a superuser: triggers are off meanwhile.
 */
export async function fillWithRows(url: string, project: string, executions: number): Promise<void> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  try {
    await db.query('set session_replication_role = replica; set synchronous_commit = off; set jit = off')
    await db.query(`set maintenance_work_mem = '256MB'`)
    await db.query(fleet(project))
    const { rows: indexes } = await db.query<{ name: string; definition: string }>(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid in ('executions'::regclass, 'events'::regclass, 'approvals'::regclass, 'approval_votes'::regclass) and not indisprimary`,
    )
    for (const { name } of indexes) await db.query(`drop index ${name}`)
    for (let from = 1; from <= executions; from += piece) {
      await db.query('begin')
      await db.query(
        `${calls(project, from, Math.min(executions, from + piece - 1), executions)}; ${approvals(project)}; ${votes(project)}; ${events(project)}`,
      )
      await db.query('commit')
    }
    for (const { definition } of indexes) await db.query(definition)
    await db.query(kinds)
  } finally {
    await db.end()
  }
}

const { commonWorkspace, rareWorkspace, neverWorkspace, rareTool, idleAgent } = manyRows
const { key, elsewhereKey, rareKey, neverKey } = manyRows

const numbered = (prefix: string) => (n: string) => `('${prefix}_' || lpad((${n})::text, 24, '0'))`
const workspace = numbered('ws')
const agent = numbered('agt')

const fleet = (project: string) => `
insert into api_keys (id, project_id, name, prefix, hash, scopes, created_at)
  select id, '${project}', name, 'xero_many', name::bytea, array['execution', 'management'], now()
  from (values ('${key}', 'many'), ('${elsewhereKey}', 'elsewhere'), ('${rareKey}', 'rare'), ('${neverKey}', 'never')) named (id, name);
insert into workspaces (id, project_id, name, type, created_at)
  select id, '${project}', name, 'host', now()
  from (values ('${commonWorkspace}', 'common'), ('${rareWorkspace}', 'rare'), ('${neverWorkspace}', 'never')) named (id, name)
  union all select ${workspace('n')}, '${project}', 'workspace-' || n, 'host', now() from generate_series(1, 37) n;
insert into agents (id, project_id, name, role, region, state, signing_public_key, curve_public_key, enrolled_at)
  select id, '${project}', 'agent-' || n, 'xem', 'eu', 'active', '', n, now()
  from (select ${agent('n')} as id, n from generate_series(0, 999) n union all select '${idleAgent}', 1000) agents;
insert into workspace_agent_bindings (workspace_id, agent_id, created_by, created_at)
  select case when n < 600 then '${commonWorkspace}' else ${workspace('(n - 600) / 10')} end, ${agent('n')}, '${key}', now()
  from generate_series(0, 979) n where n not between 600 and 609;`

/** A number below \`below\` that looks like chance and is the same each time. */
const chance = (salt: number, below: number) => `((hashint8extended(n, ${salt}) & 2147483647) % ${below})`
const uuid = (n: string, variant: string) =>
  `(lpad(to_hex(extract(epoch from at)::bigint * 1000 + ${n} % 1000), 12, '0') || '7' || lpad(to_hex(${n} % 4096), 3, '0') || '${variant}' || lpad(to_hex(${n}), 15, '0'))::uuid`

/** Calls `from` to `to` of `all`, one every half a minute up to now. */
const calls = (project: string, from: number, to: number, all: number) => `
create temporary table piece on commit drop as
select *, risk in ('destructive', 'irreversible') or state in ('pending_approval', 'rejected', 'expired') as asked,
  case when n % (${all} / 10) = 19 and n < ${all} / 2 then '${rareKey}'
    when workspace = '${commonWorkspace}' then '${key}' else '${elsewhereKey}' end as requester from (
select n, at, ${uuid('n', '8')} as id, ${uuid('n', '9')} as approval, workspace, tool, state,
  case tool when '${rareTool}' then 'irreversible' when 'tool_2' then 'destructive' when 'tool_3' then 'write' else 'read' end as risk,
  case when state in ('queued', 'pending_approval', 'expired', 'rejected') then null
    when workspace = '${commonWorkspace}' then ${agent(`case when ${chance(1, 3)} = 0 then 0 else ${chance(2, 600)} end`)}
    when workspace = '${rareWorkspace}' then ${agent('999')}
    else ${agent(`600 + 10 * right(workspace, 2)::int + ${chance(3, 10)}`)} end as agent
from (
  select n, now() - (${all} - n) * interval '30 seconds' as at,
    case when n % (${all} / 10) = 17 and n < ${all} / 2 then '${rareWorkspace}'
      when ${chance(4, 3)} < 2 then '${commonWorkspace}' else ${workspace(`1 + ${chance(5, 37)}`)} end as workspace,
    case when n > ${all} - 1000 and ${chance(6, 3)} = 0
      then (array['running', 'dispatched', 'queued', 'pending_approval'])[1 + ${chance(7, 4)}]
      when ${chance(8, 100)} < 4 then (array['failed', 'failed', 'failed', 'timeout', 'cancelled', 'expired', 'rejected'])[1 + ${chance(9, 7)}]
      when n % (${all} / 20) = 23 then 'ambiguous' else 'completed' end as state
  from generate_series(${from}::bigint, ${to}) n
) piece, lateral (
  select case when n % (${all} / 40) = 29 and n < ${all} / 2 then '${rareTool}'
    when workspace <> '${commonWorkspace}' and ${chance(10, 2)} = 0 then 'tool_1'
    when ${chance(11, 2)} = 0 then 'tool_0' else 'tool_' || (2 + ${chance(12, 18)}) end as tool
) tools) calls;
insert into executions (id, project_id, workspace_id, tool, risk, at_most_once, state, args, schema_digest, digest, policy_version,
  agent_id, attempt, lease_epoch, journal_id, approval_id, requested_by, request_id, timeout_ms, created_at, queue_deadline,
  dispatched_at, started_at, finished_at, exit_code, result)
select id, '${project}', workspace, tool, risk, risk <> 'read', state, jsonb_build_object('host', 'host-' || n, 'lines', n % 100),
  repeat('5', 64), md5(n::text) || md5(n::text), 1, agent, case when agent is null then 0 else 1 end, 1, 'journal',
  case when asked then approval end, requester, 'req-' || n, 30000, at,
  case when state = 'queued' then at + interval '1 hour' end, case when agent is not null then at end,
  case when agent is not null and state <> 'dispatched' then at end,
  case when state not in ('running', 'dispatched', 'queued', 'pending_approval') then at + interval '1 second' end,
  case when state in ('completed', 'failed') then (state = 'failed')::int end,
  case when state = 'completed' then jsonb_build_object('text', repeat('x', 100)) end
from piece`

const approvals = (project: string) => `
insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, state, args, prompt, digest, schema_digest,
  policy_version, requested_by, requested_at, expires_at, decided_by, decided_at, agent_id, review_due_at)
select approval, '${project}', id, workspace, tool, risk,
  case state when 'pending_approval' then 'pending' when 'rejected' then 'rejected' when 'expired' then 'expired' else 'approved' end,
  '{}', 'Run ' || tool, md5(n::text) || md5(n::text), repeat('5', 64), 1, requester, at, at + interval '1 hour',
  case when state <> 'pending_approval' then '${key}' end, case when state <> 'pending_approval' then at end, agent,
  case when tool = '${rareTool}' and n % 3 = 0 then at + interval '1 day' end
from piece where asked`

const votes = (project: string) => `
insert into approval_votes (id, approval_id, project_id, stage, vote, voter, digest, at)
select id, approval, '${project}', 0, case state when 'rejected' then 'reject' else 'approve' end,
  case when tool = '${rareTool}' then '${rareKey}' else '${key}' end, '', at
from piece where asked and state not in ('pending_approval', 'expired')`

const events = (project: string) => `
insert into events (at, project_id, kind, actor, execution_id, agent_id, workspace_id, data)
select at, '${project}', (array['execution.queued', 'execution.dispatched', 'execution.' || state])[step], '${key}', id,
  case when step > 1 then agent end, workspace, '{}'
from piece, generate_series(1, 3) step order by n, step`

const kinds = `
insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind, asked)
select distinct project_id, workspace_id, tool, risk, agent_id, call_kind(workspace_id, tool, risk, agent_id), approval_id is not null
from executions;
insert into call_requesters (project_id, workspace_id, tool, risk, agent_id, requested_by, kind)
select distinct project_id, workspace_id, tool, risk, agent_id, requested_by, call_kind(workspace_id, tool, risk, agent_id, requested_by)
from executions`
