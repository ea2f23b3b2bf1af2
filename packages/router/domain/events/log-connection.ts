import pg from 'pg'
import { answersInTime } from '../../store/in-time.ts'

/** A connection of a reader of the log, made when it is needed and again when it broke. */
export interface LogConnection {
  get(): Promise<pg.Client>
  /** The next `get` makes another. */
  drop(): void
}

const patienceMs = 10_000

export function openLogConnection(databaseUrl: string): LogConnection {
  /** Who asks while it is being made waits for the same one. */
  let current: Promise<pg.Client> | undefined
  return {
    get() {
      if (current !== undefined) return current
      const fresh = new pg.Client({
        connectionString: databaseUrl,
        application_name: 'xerotier-events',
        // A server that neither answers nor hangs up must not silence every stream for good.
        connectionTimeoutMillis: patienceMs,
        keepAlive: true,
      })
      answersInTime(fresh, patienceMs)
      const opened = fresh.connect().then(() => fresh)
      const forget = () => {
        if (current === opened) current = undefined
      }
      fresh.on('error', forget)
      fresh.on('end', forget)
      opened.catch(() => {
        forget()
        fresh.end().catch(() => {})
      })
      current = opened
      return opened
    },
    drop() {
      const last = current
      current = undefined
      // Not awaited: the goodbye of a broken connection may never come.
      last?.then((client) => client.end()).catch(() => {})
    },
  }
}
