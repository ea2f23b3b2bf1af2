/**
 * How long each project keeps what calls leave, in days; NULL is for ever. What is there already
 * stays until somebody says otherwise: an upgrade removes nothing.
 */
export const retention = `
alter table projects
  add column executions_days int check (executions_days between 1 and 36500),
  add column output_days int check (output_days between 1 and 36500),
  add column artifacts_days int check (artifacts_days between 1 and 36500),
  add column events_days int check (events_days between 1 and 36500);

-- How far retention has come with one kind of a project's data.
create table retention_progress (
  project_id text not null references projects,
  what text not null,
  -- The last call that was looked at; of executions, the last that was removed.
  execution_id uuid,
  -- What was removed and is in no event yet.
  removed bigint not null default 0,
  bytes bigint not null default 0,
  primary key (project_id, what)
);

-- Calls behind that place which kept their output or artifacts, to be looked at again.
create table retention_kept (
  project_id text not null references projects,
  what text not null,
  execution_id uuid not null,
  primary key (project_id, what, execution_id)
);

-- Decisions are kept for ever, calls are not.
alter table approvals drop constraint approvals_execution_id_fkey;

-- A year of rows that go as they came: the defaults would let a fifth of the table be dead.
alter table events set (autovacuum_vacuum_scale_factor = 0.05);
alter table execution_output set (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05);
alter table artifact_chunks set (toast.autovacuum_vacuum_scale_factor = 0.05);
`
