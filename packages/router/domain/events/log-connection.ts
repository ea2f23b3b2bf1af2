import pg from 'pg'

/** A connection of a reader of the log, made when it is needed and again when it broke. */
export interface LogConnection {
  get(): Promise<pg.Client>
  /** The next `get` makes another. */
  drop(): void
}

const patienceMs = 10_000

export function openLogConnection(databaseUrl: string): LogConnection {
  let client: pg.Client | undefined
  return {
    async get() {
      if (client !== undefined) return client
      const fresh = new pg.Client({
        connectionString: databaseUrl,
        application_name: 'xerotier-events',
        // A server that neither answers nor hangs up must not silence every stream for good.
        connectionTimeoutMillis: patienceMs,
        query_timeout: patienceMs,
        keepAlive: true,
      })
      fresh.on('error', () => {
        if (client === fresh) client = undefined
      })
      await fresh.connect()
      client = fresh
      return fresh
    },
    drop() {
      const last = client
      client = undefined
      // Not awaited: the goodbye of a broken connection may never come.
      last?.end().catch(() => {})
    },
  }
}
