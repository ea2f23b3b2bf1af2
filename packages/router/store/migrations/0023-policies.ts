/**
 * Approval policies of workspaces, or of a whole project. A version never changes, and its number
 * is the `policy_version` of the calls that it decided; 1 is the policy of those that have none.
 */
export const policies = `
create table approval_policies (
  id text primary key,
  project_id text not null references projects,
  -- NULL: for the workspaces of the project that have none of their own.
  workspace_id text references workspaces,
  name text not null,
  -- Numbers of versions. Without an active one it decides nothing yet.
  active int,
  draft int,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create unique index approval_policies_name on approval_policies (project_id, name) where deleted_at is null;
create unique index approval_policies_place on approval_policies (project_id, coalesce(workspace_id, '')) where deleted_at is null;

create table approval_policy_versions (
  number int generated always as identity (start with 2) primary key,
  policy_id text not null references approval_policies,
  project_id text not null,
  -- Counts from 1 in each policy.
  version int not null,
  document jsonb not null,
  digest text not null,
  note text,
  created_by text not null,
  created_at timestamptz not null,
  unique (policy_id, version)
);
create index approval_policy_versions_project on approval_policy_versions (project_id, number);

create function refuse_policy_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of policies never change' using errcode = 'XE003';
end $$;
create trigger policy_versions_never_change before update or delete on approval_policy_versions
  for each row execute function refuse_policy_change();
`
