import type { Parsed } from './parse.ts'

/** The texts of a file that are handed on. One that is only compared says nothing to anybody. */
export function textsOf({ visit }: Parsed): string[] {
  const texts: string[] = []
  const compared = new Set<unknown>()
  visit({
    BinaryExpression: ({ left, right }) => void compared.add(left).add(right),
    Literal: (literal) => {
      if (typeof literal.value === 'string' && !compared.has(literal)) texts.push(literal.value)
    },
  })
  return texts
}
