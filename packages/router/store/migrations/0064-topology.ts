/**
 * How things stood at a time. Few events say it, and each of these indexes holds but them; what
 * nobody looks back for is in neither.
 */
export const topology = `
create index events_topology on events (project_id, xid, seq)
  where kind in ('workspace.bound', 'workspace.unbound', 'policy.activated');
create index events_presence on events (agent_id, xid, seq)
  where kind in ('agent.online', 'agent.offline', 'agent.draining', 'agent.credentials_revoked');
create index pauses_project_time on pauses (project_id, paused_at);
`
