import pg from 'pg'

/** The constraint that a failed insert or update ran into. Undefined for any other failure. */
export function uniqueViolation(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code === '23505' ? error.constraint : undefined
}
