/**
 * What calls carry, encrypted where their project wants it: `sealed_with` is the id of the key.
 * The indexes hold nothing else, and find what another key than the current one has sealed.
 */
export const encryptedCalls = `
alter table projects add column encrypt_calls boolean not null default false;
alter table executions add column sealed_with int;
alter table approvals add column sealed_with int;
alter table deliveries add column sealed_with int;
create index executions_sealed on executions (sealed_with, id) where sealed_with is not null;
create index approvals_sealed on approvals (sealed_with, id) where sealed_with is not null;
create index deliveries_sealed on deliveries (sealed_with, id) where sealed_with is not null;
`
