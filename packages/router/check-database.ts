// Whether a database keeps what the router builds on, asked before anything is written. A pooler
// that hands one connection to many lets two routers be active, and nothing would show it.
import { randomUUID } from 'node:crypto'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import pg from 'pg'
import { planGuard } from './store/database.ts'

const answerMs = 10_000
/** As long as the router waits for a statement itself. */
const leastTimeoutMs = 30_000
/** Connections that are asked whether they are another's. A pooler may have others at hand. */
const probes = 4

const direct = 'Let XEROTIER_DATABASE_URL name Postgres itself: the router keeps its own few connections open.'

/** @throws StartError with what to do about it */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const clients: pg.Client[] = []
  const open = async () => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'xerotier-router-check',
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      options: planGuard,
    })
    client.on('error', () => {})
    await client.connect().catch((error) => {
      if (!/unsupported startup parameter/.test(String(error))) throw error
      throw refused(`a pooler in front of the database refuses the options of its connections. ${direct}`)
    })
    clients.push(client)
    return client
  }
  try {
    const first = await open()
    await checkWritable(first)
    await checkSettings(first)
    await checkSession(first, open)
  } finally {
    for (const client of clients) client.end().catch(() => {})
  }
}

async function checkWritable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(
    "select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only",
  )
  if (rows[0]?.standby === true)
    throw new StartError(
      1,
      'the database is a standby and takes no writes: XEROTIER_DATABASE_URL must name the primary',
    )
  if (rows[0]?.read_only === true)
    throw refused('the database may only be read (default_transaction_read_only is on for it or for its user)')
}

async function checkSettings(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; ms: number }>(
    `select name, setting::int as ms from pg_settings where setting::int between 1 and $1 - 1 and name in
       ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')`,
    [leastTimeoutMs],
  )
  const [cutting] = rows
  if (cutting === undefined) return
  throw refused(
    `${cutting.name} is ${cutting.ms} ms and would cut the router's work. Set it to 0 for its user: alter role … set ${cutting.name} = 0`,
  )
}

async function checkSession(first: pg.Client, open: () => Promise<pg.Client>): Promise<void> {
  const mark = randomUUID()
  const shared = () =>
    refused(
      `its connections are not its own: a pooler shares them between transactions, and a lock would not hold. ${direct}`,
    )
  const seen = "select current_setting('xerotier.session', true) as mark, current_setting('enable_seqscan') as seqscan"
  const { rows } = await first.query<{ seqscan: string }>(
    `select set_config('xerotier.session', $1, false), current_setting('enable_seqscan') as seqscan`,
    [mark],
  )
  if (rows[0]?.seqscan !== 'off')
    throw refused(`a pooler in front of the database drops the options of its connections. ${direct}`)
  const transactions: pg.Client[] = []
  for (let n = 0; n < probes; n++) {
    const other = await open()
    transactions.push(other)
    await other.query('begin')
    if ((await other.query<{ mark: string | null }>(seen)).rows[0]?.mark === mark) throw shared()
  }
  if ((await first.query<{ mark: string | null }>(seen)).rows[0]?.mark !== mark) throw shared()
  await Promise.all(transactions.map((other) => other.query('rollback')))
}

function refused(why: string): StartError {
  return new StartError(configExitCode, `the database cannot be used: ${why}`)
}
