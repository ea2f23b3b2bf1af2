// What sealing writes: hashes, where the events are, and nothing of them in this process.
import { sql } from 'kysely'
import { entryLeaf, eventsAsEntries } from '../../store/audit-entry.ts'
import type { Tx } from '../../store/database.ts'
import type { Place } from '../../store/event-reader.ts'

export interface GrownTile {
  project_id: string
  n: number
  hashes: Buffer
  /** How many of them it had before. */
  before: number
}

/** The number of every event of a restored dump (restored-events.ts): it may come again. */
const restored = '3'

/**
 * Appends the events behind `from`, up to `to`, to the logs of their projects.
 * @returns the tiles of level 0 that have grown, in order
 */
export async function appendLeaves(tx: Tx, from: Place, to: Place): Promise<GrownTile[]> {
  const { rows } = await sql<GrownTile>`
    with fresh as materialized (
      select e.project_id, e.xid, e.seq, e.at, e.kind, e.actor, e.actor_key, e.agent_id, e.workspace_id, e.data,
        ${entryLeaf} as leaf
      from ${eventsAsEntries}
      where (e.xid, e.seq) > (${from.xid}::xid8, ${from.seq}::bigint) and (e.xid, e.seq) <= (${to.xid}::xid8, ${to.seq}::bigint)
        and not (e.xid = ${restored}::xid8 and exists (
          select from audit_tiles t where t.project_id = e.project_id and t.level = 0 and e.seq = any(t.seqs)))
    ), heads as materialized (
      select project_id, coalesce((
        select t.n * 256 + octet_length(t.hashes) / 32 from audit_tiles t
        where t.project_id = these.project_id and t.level = 0 order by t.n desc limit 1), 0) as size
      from (select distinct project_id from fresh) as these
    ), placed as materialized (
      select fresh.*, (heads.size + row_number() over (partition by fresh.project_id order by fresh.xid, fresh.seq) - 1) / 256 as n,
        heads.size
      from fresh join heads using (project_id)
    ), acted as (
      select distinct project_id, n, actor, actor_key, agent_id, workspace_id from placed
    ), mentioned as (
      insert into audit_mentions (project_id, name, n)
      select distinct project_id, name, n from (
        select project_id, unnest(array[actor, actor_key, agent_id, workspace_id]) as name, n from acted
        union all
        select project_id, value, n from placed cross join lateral jsonb_each_text(data)
        where kind not like 'execution.%' and value ~ '^[a-z]+_[0-9a-f]{24}$'
      ) as names where name is not null and name <> 'router'
      on conflict do nothing
    )
    insert into audit_tiles (project_id, level, n, hashes, xids, seqs, first_at, last_at)
    select project_id, 0, n, string_agg(leaf, ''::bytea order by xid, seq), array_agg(xid order by xid, seq),
      array_agg(seq order by xid, seq), min(at), max(at)
    from placed group by project_id, n
    on conflict (project_id, level, n) do update set hashes = audit_tiles.hashes || excluded.hashes,
      xids = audit_tiles.xids || excluded.xids, seqs = audit_tiles.seqs || excluded.seqs,
      first_at = least(audit_tiles.first_at, excluded.first_at), last_at = greatest(audit_tiles.last_at, excluded.last_at)
    returning project_id, n, hashes,
      (select greatest(0, least(256, size - n * 256)) from heads where heads.project_id = audit_tiles.project_id) as before`.execute(
    tx,
  )
  return rows.sort((a, b) => a.n - b.n)
}

/** Appends the hashes of full tiles to a tile of a level above. */
export async function growTile(
  tx: Tx,
  { projectId, level, n, hashes }: { projectId: string; level: number; n: number; hashes: Buffer },
): Promise<Buffer> {
  const { rows } = await sql<{ hashes: Buffer }>`
    insert into audit_tiles (project_id, level, n, hashes, xids, seqs) values (${projectId}, ${level}, ${n}, ${hashes}, '{}', '{}')
    on conflict (project_id, level, n) do update set hashes = audit_tiles.hashes || excluded.hashes
    returning hashes`.execute(tx)
  return rows[0]?.hashes ?? hashes
}
