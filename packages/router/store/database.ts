// The pool for everything that is not on the hot path (that is store/lanes).
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

// int8 and count(*) arrive as numbers: byte counts and sequence numbers stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

export interface Store {
  db: Database
  pool: pg.Pool
  close(): Promise<void>
}

export function openStore(databaseUrl: string, options: { connections: number; onError(error: Error): void }): Store {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections,
    application_name: 'xerotier-router',
  })
  // An idle connection that Postgres closes must not end the process.
  pool.on('error', options.onError)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close: () => db.destroy() }
}
