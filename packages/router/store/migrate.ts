// Forward only, each migration in its own transaction, under an advisory lock so that two routers never race.
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import pg from 'pg'
import { lifecycleTriggers } from './lifecycle-triggers.ts'
import { foundation } from './migrations/0001-foundation.ts'

const migrations: { name: string; sql: string }[] = [{ name: '0001-foundation', sql: foundation }]

/** Any constant will do; this one is ours. */
const lockId = 7_237_001

/**
 * Brings the database to this version's schema.
 * @throws when the database is from a newer version, or when a migration that it has was changed since.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'xerotier-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockId])
    await client.query(
      'create table if not exists migrations (name text primary key, digest text not null, applied_at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string; digest: string }>(
      'select name, digest from migrations order by name',
    )
    const applied = new Map(rows.map((row) => [row.name, row.digest]))
    for (const name of applied.keys()) {
      if (!migrations.some((migration) => migration.name === name)) {
        throw new Error(
          `the database has migration ${name}, which this version does not know: it is from a newer version`,
        )
      }
    }
    for (const { name, sql } of migrations) {
      const digest = sha256Hex(sql)
      const known = applied.get(name)
      if (known === digest) continue
      if (known !== undefined) throw new Error(`migration ${name} was changed after it was applied`)
      await inTransaction(client, async () => {
        await client.query(sql)
        await client.query('insert into migrations (name, digest) values ($1, $2)', [name, digest])
      })
    }
    await inTransaction(client, async () => void (await client.query(lifecycleTriggers())))
  } finally {
    await client.end()
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  try {
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
