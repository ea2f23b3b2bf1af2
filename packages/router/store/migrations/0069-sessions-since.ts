/** An owner has ended the sessions of a member: those that were opened before come in no more. */
export const sessionsSince = `
alter table project_members add column sessions_since timestamptz;
create index sessions_project on sessions (project_id, id) where ended_at is null;
`
