/**
 * Lists of calls by who asked. Who asked is no part of the kind of a call: lists by other filters
 * would look at as many kinds as there are people. So the calls of one person of one kind have an
 * index of their own, and a table says which there ever were, as `call_kinds` does.
 */
export const requesters = `
create function call_kind(workspace_id text, tool text, risk text, agent_id text, requested_by text) returns bigint
  language sql immutable parallel safe
  return hashtextextended(workspace_id || ' ' || tool || ' ' || risk || ' ' || coalesce(agent_id, '') || ' ' || requested_by, 0);

create table call_requesters (
  project_id text not null,
  workspace_id text not null,
  tool text not null,
  risk text not null,
  -- NULL while no agent has the call.
  agent_id text,
  requested_by text not null,
  kind bigint not null
);
create index call_requesters_requester on call_requesters (project_id, requested_by);
-- Made after it, so that they are taken where there are no statistics.
create index call_requesters_risk on call_requesters (project_id, risk, requested_by);
create index call_requesters_workspace on call_requesters (project_id, workspace_id, requested_by);
create index call_requesters_tool on call_requesters (project_id, tool, requested_by);
create index call_requesters_agent on call_requesters (project_id, agent_id, requested_by);
create index call_requesters_kind on call_requesters (kind);

insert into call_requesters (project_id, workspace_id, tool, risk, agent_id, requested_by, kind)
select distinct project_id, workspace_id, tool, risk, agent_id, requested_by,
  call_kind(workspace_id, tool, risk, agent_id, requested_by) from executions;

create or replace function note_call_kind() returns trigger language plpgsql as $$
declare
  its_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id);
  their_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id, new.requested_by);
  is_asked boolean := new.approval_id is not null;
begin
  if not exists (select from call_kinds where kind = its_kind and asked = is_asked) then
    insert into call_kinds values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, its_kind, is_asked);
  end if;
  if not exists (select from call_requesters where kind = their_kind) then
    insert into call_requesters
      values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, new.requested_by, their_kind);
  end if;
  if tg_op = 'UPDATE' and is_asked then
    update approvals set agent_id = new.agent_id where id = new.approval_id;
  end if;
  return null;
end $$;

create index executions_requester on executions (call_kind(workspace_id, tool, risk, agent_id, requested_by), id);
create index executions_unusual_requester on executions (call_kind(workspace_id, tool, risk, agent_id, requested_by), state, id)
  where state not in ('dispatched', 'running', 'completed');
`
