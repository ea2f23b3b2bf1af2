// Which calls hold secrets is asked when their key is replaced: few do, while they wait.
export const encryption = `
create index executions_secrets on executions (id) where secrets is not null;
`
