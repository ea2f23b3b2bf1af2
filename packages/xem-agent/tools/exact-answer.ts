// What an answer says that its value does not: a JSON number may have more digits than a number
// here. The line as the server wrote it goes with the value, to whoever keeps the answer.

const exact = new WeakMap<object, string>()

export function keepExact(answer: unknown, line: string): void {
  if (typeof answer === 'object' && answer !== null) exact.set(answer, line)
}

/** The line of an answer whose numbers were rounded; undefined when none was. */
export function exactOf(answer: unknown): string | undefined {
  return typeof answer === 'object' && answer !== null ? exact.get(answer) : undefined
}
