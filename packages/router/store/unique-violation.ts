import pg from 'pg'

/** Name of the constraint that a failed insert or update ran into; undefined for any other failure. */
export function uniqueViolation(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code === '23505' ? error.constraint : undefined
}
