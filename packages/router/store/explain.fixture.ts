// What Postgres did for a statement: rolled back, so that it can be asked again.
import type pg from 'pg'

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Node[]
}

export interface Look {
  /** Rows that left the tables, or were thrown away there. */
  read: number
  returned: number
  /** Tables that were read whole. */
  whole: string[]
  indexes: string[]
  ms: number
}

export async function explain(db: pg.Client, text: string, values: unknown[]): Promise<Look> {
  await db.query('begin')
  try {
    const { rows } = await db.query(`explain (analyze, format json) ${text}`, values)
    const [{ Plan: plan, 'Execution Time': ms }] = rows[0]['QUERY PLAN']
    const scans = nodesOf(plan).filter((node) => node['Node Type'].endsWith('Scan') && node.Plans === undefined)
    const tables = scans.filter((node) => node['Relation Name'] !== undefined)
    return {
      read: tables.reduce((sum, node) => sum + rowsOf(node), 0),
      returned: rowsOf(plan),
      whole: tables.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']!),
      indexes: scans.flatMap((node) => node['Index Name'] ?? []),
      ms,
    }
  } finally {
    await db.query('rollback')
  }
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

function rowsOf(node: Node): number {
  const thrown = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return (node['Actual Rows'] + thrown) * node['Actual Loops']
}
