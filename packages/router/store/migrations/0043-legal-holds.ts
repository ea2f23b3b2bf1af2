/** What retention leaves alone: one call, or with NULL all of the project. */
export const legalHolds = `
create table legal_holds (
  id text primary key,
  project_id text not null references projects,
  execution_id uuid,
  reason text not null,
  incident text,
  placed_by text not null,
  placed_at timestamptz not null,
  released_by text,
  released_at timestamptz
);
create index on legal_holds (project_id, id);
create unique index legal_holds_held on legal_holds (project_id, execution_id) nulls not distinct where released_at is null;
create index legal_holds_execution on legal_holds (execution_id) where released_at is null;
`
