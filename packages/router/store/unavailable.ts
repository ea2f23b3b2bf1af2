import { codeOf } from '@xerotier/protocol/thrown.ts'
import { NoPlace } from '@xerotier/runtime/shares.ts'
import pg from 'pg'

// Class 08: connection exceptions; 57P01 to 57P05: the server stops, starts or sends us away; 57014
// and 25P03, 25P04: it took longer than the server lets it; 40P01, 40001, 55P03: it was given up so
// that others could go on. Class 53: no room, memory or connection left; class 58: its disk or its
// files fail it; 25006: it takes no writes, as a standby does not.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const away = /^(?:08...|57P0[12345]|57014|25P0[34]|40P01|40001|55P03|53...|58...|25006)$/
/** Of these, those that an operator has to end. */
const exhausted = /^(?:53[^3]..|58...|25006)$/
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
  if (error instanceof NoPlace) return true
  if (error instanceof pg.DatabaseError) return away.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  const syscall = 'syscall' in error ? error.syscall : undefined
  return (code !== undefined && network.has(code) && syscall !== 'open') || spoken.test(error.message)
}

/** Whether Postgres is there and cannot write: its disk is full, or it is a standby. */
export function isExhausted(error: unknown): boolean {
  return error instanceof pg.DatabaseError && exhausted.test(error.code ?? '')
}
