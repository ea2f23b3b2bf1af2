/** A call may be another one made again: both say so. */
export const retries = `
alter table executions add column retry_of uuid;
create index executions_retry on executions (retry_of) where retry_of is not null;
`
