// What is in a database of ours, as its own catalogue tells it.
import pg from 'pg'

export interface CopiedTable {
  name: string
  /** Those that hold something of their own. */
  columns: string[]
}

/** Said anew by whoever opens the database. */
const left = ['migrations', 'active_router']

/** Tables in an order in which each comes behind those that it refers to. */
export async function tablesOf(client: pg.ClientBase): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable & { needs: string[] }>(
    `select t.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
         where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       array(select distinct f.relname::text from pg_constraint c join pg_class f on f.oid = c.confrelid
         where c.conrelid = t.oid and c.contype = 'f' and f.oid <> t.oid) as needs
     from pg_class t join pg_namespace n on n.oid = t.relnamespace
     where n.nspname = 'public' and t.relkind in ('r', 'p') and not t.relispartition and t.relname <> all($1)
     order by t.relname`,
    [left],
  )
  const ordered: CopiedTable[] = []
  const done = new Set<string>()
  while (ordered.length < rows.length) {
    const next = rows.find(({ name, needs }) => !done.has(name) && needs.every((one) => done.has(one)))
    if (next === undefined) throw new Error('tables refer to each other in a circle')
    done.add(next.name)
    ordered.push({ name: next.name, columns: next.columns })
  }
  return ordered
}

export interface Sequence {
  name: string
  /** Undefined for one that gave no number yet. */
  last?: string
}

export async function sequencesOf(client: pg.ClientBase): Promise<Sequence[]> {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    `select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' order by 1`,
  )
  return rows.map(({ name, last }) => (last === null ? { name } : { name, last }))
}

/** For a statement that takes no parameters. */
export function columnsText({ name, columns }: CopiedTable): string {
  return `${pg.escapeIdentifier(name)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`
}
