/** The JSON of a value of somebody else, which may be nested so deep that nothing can write it. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return 'A value that is nested too deep to be written.'
  }
}
