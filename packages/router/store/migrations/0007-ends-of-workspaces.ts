/**
 * A workspace can be deleted: its row stays for the history, its name is free. An API key can be
 * held to some workspaces.
 */
export const endsOfWorkspaces = `
alter table workspaces add column deleted_at timestamptz;
alter table workspaces drop constraint workspaces_project_id_name_key;
create unique index workspaces_name on workspaces (project_id, name, coalesce(deleted_at, 'infinity'));

alter table api_keys add column workspaces jsonb;
`
