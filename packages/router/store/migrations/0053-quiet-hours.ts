/** Of the mail that a person gets about a project, as those of a channel. */
export const quietHours = `
alter table project_members add column quiet_hours jsonb;
`
