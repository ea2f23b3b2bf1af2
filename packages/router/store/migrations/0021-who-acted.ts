/**
 * The record names the person, and beside them the API key and the door that they came in by. Both
 * are NULL for agents, for the router, and in what is older.
 */
export const whoActed = `
alter table events add column actor_key text, add column door text;
alter table executions add column requested_key text, add column requested_door text;
alter table approvals add column requested_key text, add column requested_door text;
alter table approvals add column decided_key text, add column decided_door text;
`
