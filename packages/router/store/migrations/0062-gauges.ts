/** How many of what there were, minute by minute: for the small curves of the dashboard. */
export const gauges = `
create table gauges (
  project_id text not null references projects,
  at timestamptz not null,
  agents_online int not null,
  active int not null,
  pending_approvals int not null,
  queued int not null,
  primary key (project_id, at)
);
create index gauges_at on gauges (at);
`
