/**
 * The router that works on the database, so that one that was overtaken can be told from it. An
 * index for lists of what is rare.
 */
export const standbyAndLists = `
create table active_router (
  only_one boolean primary key default true check (only_one),
  -- Of one start of one router.
  tenure uuid not null,
  since timestamptz not null default now()
);

-- A call that is dispatched at once and completes is never in it.
create index executions_not_as_usual on executions (project_id, state, id) where state not in ('dispatched', 'running', 'completed');
`
