/** The data of an event of a stream; undefined for what cannot be read. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
