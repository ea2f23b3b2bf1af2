import { codeOf } from '@xerotier/protocol/thrown.ts'
import pg from 'pg'

// Class 08: connection exceptions; 57P01 to 57P03: the server stops or starts; 53300: no connection
// left; 57014: the statement took longer than the server lets it; 40P01: it was given up so that
// others could go on.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const away = /^(?:08...|57P0[123]|53300|57014|40P01)$/
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND'])
/**
 * What pg says without a code when a connection breaks under a query, none can be had, or no answer
 * comes in time.
 */
const spoken =
  /^Connection terminated|^timeout exceeded when trying to connect|^timeout expired|^Client has encountered a connection error|^Query read timeout/

/**
 * Whether a query failed because Postgres is away or has no time for it, and not because it is
 * wrong.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (error instanceof pg.DatabaseError) return away.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  const syscall = 'syscall' in error ? error.syscall : undefined
  return (code !== undefined && network.has(code) && syscall !== 'open') || spoken.test(error.message)
}
