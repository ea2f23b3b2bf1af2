/**
 * The trigger costs a call 11 us, of the 66 that all else of it costs Postgres. A call that is
 * dispatched as it comes in, which nearly all are, is noted by the router, who remembers what it
 * has noted (store/kinds.ts).
 */
export const kindsByTheRouter = `
drop trigger note_kind_insert on executions;
create trigger note_kind_insert after insert on executions for each row
  when (new.state <> 'dispatched') execute function note_call_kind();
`
