/**
 * Pauses of anything: what a row names narrows it. It takes over those of agents. Nothing reads
 * `agent_pauses` from here on; the router of the version before does, until its start is refused.
 */
export const pauses = `
create table pauses (
  id text primary key,
  project_id text not null references projects,
  agent_id text references agents,
  workspace_id text references workspaces,
  tool text,
  state text not null,
  reason text,
  incident text,
  paused_by text not null,
  paused_at timestamptz not null,
  ends_at timestamptz,
  ended_by text,
  ended_at timestamptz,
  check (agent_id is null or tool is null)
);
-- What is paused is paused once.
create unique index pauses_active on pauses (project_id, agent_id, workspace_id, tool) nulls not distinct
  where state = 'active';
create index pauses_of_agent on pauses (agent_id) where state = 'active';
create index on pauses (project_id, id);
insert into pauses (id, project_id, agent_id, workspace_id, state, reason, paused_by, paused_at)
select 'pse_' || lpad(to_hex((extract(epoch from paused_at) * 1000)::bigint), 12, '0')
    || lpad(to_hex(row_number() over ()), 12, '0'),
  agents.project_id, agent_id, workspace_id, 'active', reason, paused_by, paused_at
from agent_pauses join agents on agents.id = agent_id;
`
