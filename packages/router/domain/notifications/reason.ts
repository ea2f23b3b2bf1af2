import { messageOf } from '@xerotier/protocol/thrown.ts'

const mostCharacters = 300

/** Why something could not be sent, for its record: one line, not too long. */
export function reasonOf(error: unknown): string {
  const text = messageOf(error).replace(/\s+/g, ' ')
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text
}
