/**
 * Lists of approvals by who asked, by who voted and by what is to be reviewed, however many there
 * are. A rule raises the risk of an approval and not that of its call, so its kind may be one that
 * no call has: lists by any filter found such an approval among the newest only.
 */
export const approvalsOfPeople = `
create index approvals_requester on approvals (call_kind(workspace_id, tool, risk, agent_id, requested_by), id);
create index approval_votes_by on approval_votes (voter, approval_id);
drop index approval_votes_voter;

create function note_approval_kind() returns trigger language plpgsql as $$
declare
  its_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id);
  their_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id, new.requested_by);
begin
  if not exists (select from call_kinds where kind = its_kind and asked) then
    insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind, asked)
      values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, its_kind, true);
  end if;
  if not exists (select from call_requesters where kind = their_kind) then
    insert into call_requesters (project_id, workspace_id, tool, risk, agent_id, requested_by, kind)
      values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, new.requested_by, their_kind);
  end if;
  return null;
end $$;
create trigger note_kind after insert or update of agent_id on approvals for each row
  when (new.tool_risk <> new.risk) execute function note_approval_kind();

insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind, asked)
select distinct project_id, workspace_id, tool, risk, agent_id, call_kind(workspace_id, tool, risk, agent_id), true
from approvals where tool_risk <> risk;
insert into call_requesters (project_id, workspace_id, tool, risk, agent_id, requested_by, kind)
select distinct project_id, workspace_id, tool, risk, agent_id, requested_by,
  call_kind(workspace_id, tool, risk, agent_id, requested_by)
from approvals where tool_risk <> risk;
`
