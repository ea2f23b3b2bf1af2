// An event as an entry of the audit log: the bytes that are hashed, and that a verifier is given.
// Postgres makes them where the rows are, so that sealing reads none into this process. They are
// put together as text: its functions for JSON take four times as long.
import { sql } from 'kysely'

/** A bundle says the length of an entry in two bytes; the rest of one has some hundred. */
const dataBytesMax = 60_000

/** Events, as `e`, each with the text of what it holds. */
export const eventsAsEntries = sql`events e cross join lateral (select e.data::text as data offset 0) as own`

/** No word of ours needs an escape. */
const quoted = (column: string) => sql`coalesce('"' || ${sql.ref(column)} || '"', 'null')`

/**
 * Of `eventsAsEntries`: a JSON object. The time is in microseconds since 1970; of what is too long
 * stands the digest.
 */
export const entryText = sql<string>`('{"seq":' || e.seq || ',"at_us":' || (date_part('epoch', e.at) * 1000000)::bigint
  || ',"project":"' || e.project_id || '","kind":"' || e.kind || '","actor":"' || e.actor || '","actor_key":' || ${quoted('e.actor_key')} || ',"door":' || ${quoted('e.door')}
  || ',"execution":' || ${quoted('e.execution_id')} || ',"approval":' || ${quoted('e.approval_id')}
  || ',"agent":' || ${quoted('e.agent_id')} || ',"workspace":' || ${quoted('e.workspace_id')} || ',"data":'
  || case when octet_length(own.data) < ${sql.lit(dataBytesMax)} then own.data
    else '{"sha256":"' || encode(sha256(convert_to(own.data, 'UTF8')), 'hex') || '"}' end || '}')`

/** The leaf of an entry (RFC 6962). */
export const entryLeaf = sql<Buffer>`sha256('\\x00'::bytea || convert_to(${entryText}, 'UTF8'))`
