// What Postgres has counted since its start.
import pg from 'pg'

export interface PostgresCounters {
  /** fsync or fdatasync of WAL, by any backend. */
  walSyncs: number
  walBytes: number
  commits: number
}

export interface PostgresWatch {
  read(): Promise<PostgresCounters>
  close(): Promise<void>
}

/**
 * A backend reports at a commit, and not twice within a second:
 * let each lane commit a second after what is to be counted.
 */
export const reportMs = 1_100

export async function watchPostgres(url: string): Promise<PostgresWatch> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    async read() {
      const { rows } = await client.query<Record<keyof PostgresCounters, string>>(`
        select (select sum(fsyncs) from pg_stat_io where object = 'wal') as "walSyncs",
               (select wal_bytes from pg_stat_wal) as "walBytes",
               (select xact_commit from pg_stat_database where datname = current_database()) as commits`)
      const { walSyncs, walBytes, commits } = rows[0]!
      return { walSyncs: Number(walSyncs), walBytes: Number(walBytes), commits: Number(commits) }
    },
    close: () => client.end(),
  }
}
