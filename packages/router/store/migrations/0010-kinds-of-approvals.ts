/** Lists of approvals look at those kinds only of which a call was ever asked for. */
export const kindsOfApprovals = `
alter table call_kinds add column asked boolean not null default false;
insert into call_kinds (project_id, workspace_id, tool, risk, agent_id, kind, asked)
select distinct project_id, workspace_id, tool, risk, agent_id, call_kind(workspace_id, tool, risk, agent_id), true from approvals;

create or replace function note_call_kind() returns trigger language plpgsql as $$
declare
  its_kind bigint := call_kind(new.workspace_id, new.tool, new.risk, new.agent_id);
  is_asked boolean := new.approval_id is not null;
begin
  if not exists (select from call_kinds where kind = its_kind and asked = is_asked) then
    insert into call_kinds values (new.project_id, new.workspace_id, new.tool, new.risk, new.agent_id, its_kind, is_asked);
  end if;
  if tg_op = 'UPDATE' and is_asked then
    update approvals set agent_id = new.agent_id where id = new.approval_id;
  end if;
  return null;
end $$;
`
