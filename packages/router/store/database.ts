// The pool for everything that is not on the hot path (that is store/lanes).
import { currentAsker } from '@xerotier/runtime/asker.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { createShares } from '@xerotier/runtime/shares.ts'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { type Contents, noContents, openedRows } from './contents.ts'
import { answersInTime } from './in-time.ts'
import { createPieces, type Pieces } from './pieces.ts'
import type { Tables } from './tables.ts'

// int8 and count(*) arrive as numbers: byte counts and sequence numbers stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

export interface Store {
  db: Database
  pool: pg.Pool
  pieces: Pieces
  /** Seals what calls carry; rows of `db` come opened. */
  contents: Contents
  close(): Promise<void>
}

/**
 * Every query here is meant to follow an index. Bitmap scans of the small partial indexes visit
 * each row that ever was queued or in flight until vacuum comes; index scans remember the dead
 * ones. Young tables have no statistics yet.
 */
export const planGuard = '-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off'

export interface StoreOptions {
  /** And one more, for what is large. */
  connections: number
  clock: Clock
  contents?: Contents
  onError(error: Error): void
  /** What a connection must pass before it is used. */
  onConnect?: ((client: pg.ClientBase) => Promise<void>) | undefined
}

/** Of these, for what no caller asked for: sessions of agents, duties, followers. */
const reservedConnections = 2
/** How long one waits for a connection, and for it to be made. */
const connectMs = 5_000
/** And how long a query may take. */
const answerMs = 30_000

export function openStore(databaseUrl: string, options: StoreOptions): Store {
  const pool = openPool(databaseUrl, options.connections, options)
  const large = openPool(databaseUrl, 1, options)
  const { contents = noContents } = options
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: shared(pool, options) }),
    plugins: [openedRows(contents)],
  })
  return {
    db,
    pool,
    pieces: createPieces(large, options.clock),
    contents,
    async close() {
      await Promise.all([db.destroy(), large.end()])
    },
  }
}

/** The pool, of which no caller holds so much that there is none left for another. */
function shared(pool: pg.Pool, { connections, clock }: StoreOptions) {
  const shares = createShares({
    width: connections,
    reserved: Math.min(reservedConnections, connections - 1),
    patience: { clock, ms: connectMs },
  })
  return {
    async connect(): Promise<pg.PoolClient> {
      const leave = await shares.enter(currentAsker())
      try {
        const client = await pool.connect()
        // The pool makes it anew each time that it hands one out.
        const release = client.release
        client.release = (error) => {
          release.call(client, error)
          leave()
        }
        return client
      } catch (error) {
        leave()
        throw error
      }
    },
    options: pool.options,
    end: () => pool.end(),
  }
}

function openPool(databaseUrl: string, connections: number, { onConnect, onError }: StoreOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    application_name: 'xerotier-router',
    options: planGuard,
    connectionTimeoutMillis: connectMs,
    ...(onConnect === undefined ? {} : { onConnect }),
  })
  // A connection that Postgres closes must not end the process. The pool listens while it is idle,
  // this while it is in use.
  pool.on('error', onError)
  pool.on('connect', (client) => {
    client.on('error', onError)
    answersInTime(client, answerMs)
  })
  return pool
}
