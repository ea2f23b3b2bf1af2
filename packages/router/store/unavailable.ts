import pg from 'pg'

// Class 08: connection exceptions; 57P01 to 57P03: the server stops or starts; 53300: no connection left.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const away = /^(?:08...|57P0[123]|53300)$/
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND'])
/** What pg says, without a code, when a connection breaks under a query or none can be had. */
const spoken =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/

/** Whether a failure of a query means that Postgres cannot be reached, rather than that the query is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (error instanceof pg.DatabaseError) return away.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  return (code !== undefined && network.has(code) && syscall !== 'open') || spoken.test(error.message)
}
