/** Which version of the wire an agent speaks; null before a router that keeps it has met it. */
export const wireOfAgents = `
alter table agents add column wire_version int;
`
