// An event as an entry of the audit log: the bytes that are hashed, and that a verifier is given.
// Postgres makes them where the rows are, so that sealing reads none into this process.
import { sql } from 'kysely'

/** A bundle says the length of an entry in two bytes. */
const entryBytesMax = 65_535

const entryWith = (data: ReturnType<typeof sql>) => sql<string>`json_build_object(
    'seq', e.seq, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'project', e.project_id,
    'kind', e.kind, 'actor', e.actor, 'actor_key', e.actor_key, 'door', e.door, 'execution', e.execution_id,
    'approval', e.approval_id, 'agent', e.agent_id, 'workspace', e.workspace_id, 'data', ${data})::text`

/** Of the events `e`: of what is too long it holds the digest. */
export const entryText = sql<string>`case when octet_length(e.data::text) < ${sql.lit(entryBytesMax - 4096)}
  then ${entryWith(sql`e.data`)}
  else ${entryWith(sql`json_build_object('sha256', encode(sha256(convert_to(e.data::text, 'UTF8')), 'hex'))`)} end`

/** The leaf of an entry (RFC 6962). */
export const entryLeaf = sql<Buffer>`sha256('\\x00'::bytea || convert_to(${entryText}, 'UTF8'))`
