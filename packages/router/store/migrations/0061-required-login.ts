/** What a session must have come by, of which one is enough; none where any login will do. */
export const requiredLogin = `
alter table projects add column required_login text[] not null default '{}';
`
