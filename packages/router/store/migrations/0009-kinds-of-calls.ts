/**
 * Lists by any filters. Calls that agree in workspace, tool, risk and agent are of one kind, and an
 * index holds the calls of each kind by age: any filter asks for a union of kinds. The table says
 * which kinds there ever were. It may name one twice, so that transactions which note the same new
 * kind do not wait for each other.
 */
export const kindsOfCalls = `
create function call_kind(workspace_id text, tool text, risk text, agent_id text) returns bigint
  language sql immutable parallel safe
  return hashtextextended(workspace_id || ' ' || tool || ' ' || risk || ' ' || coalesce(agent_id, ''), 0);

create table call_kinds (
  project_id text not null,
  workspace_id text not null,
  tool text not null,
  risk text not null,
  -- NULL while no agent has the call.
  agent_id text,
  kind bigint not null
);
create index call_kinds_risk on call_kinds (project_id, risk);
create index call_kinds_workspace on call_kinds (project_id, workspace_id);
create index call_kinds_tool on call_kinds (project_id, tool);
create index call_kinds_agent on call_kinds (project_id, agent_id);
create index call_kinds_kind on call_kinds (kind);

alter table approvals add column agent_id text;
update approvals set agent_id = e.agent_id from executions e where e.id = approvals.execution_id and e.agent_id is not null;

insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind)
select distinct project_id, workspace_id, tool, risk, agent_id, call_kind(workspace_id, tool, risk, agent_id) from executions;

create function note_call_kind() returns trigger language plpgsql as $$
declare
  its_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id);
begin
  if not exists (select from call_kinds where kind = its_kind) then
    insert into call_kinds values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, its_kind);
  end if;
  if tg_op = 'UPDATE' and new.approval_id is not null then
    update approvals set agent_id = new.agent_id where id = new.approval_id;
  end if;
  return null;
end $$;
create trigger note_kind_insert after insert on executions for each row execute function note_call_kind();
create trigger note_kind_update after update of agent_id on executions for each row
  when (old.agent_id is distinct from new.agent_id) execute function note_call_kind();

create index executions_kind on executions (call_kind(workspace_id, tool, risk, agent_id), id);
create index executions_unusual_kind on executions (call_kind(workspace_id, tool, risk, agent_id), state, id)
  where state not in ('dispatched', 'running', 'completed');
create index approvals_kind on approvals (call_kind(workspace_id, tool, risk, agent_id), id);
create index approvals_state_kind on approvals (call_kind(workspace_id, tool, risk, agent_id), state, id);
create index approvals_state on approvals (project_id, state, id);
-- Made last, so that it is taken where there are no statistics.
drop index approvals_execution;
create index approvals_execution on approvals (execution_id);
`
