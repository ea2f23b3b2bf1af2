/** Filters that somebody has given a name. */
export const savedViews = `
create table saved_views (
  user_id text not null references users,
  project_id text not null references projects,
  page text not null,
  name text not null,
  search text not null,
  created_at timestamptz not null,
  primary key (user_id, project_id, page, name)
);
`
