// What records of the tests have in common.

export const at = '2026-05-01T11:57:00.000Z'

/** Null for every field that may be, so that a new one changes no record. */
export function unset({ shape }: { shape: Record<string, { safeParse(value: unknown): { success: boolean } }> }) {
  const nullable = Object.keys(shape).filter((name) => shape[name]?.safeParse(null).success)
  return Object.fromEntries(nullable.map((name) => [name, null]))
}
