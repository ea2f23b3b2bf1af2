/**
 * Plans that hold before the first ANALYZE too. The planner then takes a partial index for empty,
 * and would rather read it whole than look up one row: so names and keys of agents are unique by
 * indexes over all rows. Of two indexes that look alike it takes the one that was made last.
 */
export const indexesWithoutStatistics = `
create index agents_page on agents (project_id, id);
create index agents_signing_key on agents (signing_public_key);
drop index agents_name;
create unique index agents_name on agents (name, project_id, coalesce(deleted_at, 'infinity'));
drop index agents_curve_key;
create unique index agents_curve_key on agents (curve_public_key, coalesce(deleted_at, 'infinity'));
drop index approvals_open;
create index approvals_open on approvals (project_id, id) where state = 'pending';
`
