import type { Parsed } from './parse.ts'

/** What a file claims to know better than the compiler. `as const` claims nothing. */
export function claimsOf({ visit }: Parsed): { as: number; bang: number } {
  const found = { as: 0, bang: 0 }
  visit({
    TSAsExpression: ({ typeAnnotation: type }) => {
      const isConst =
        type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const'
      if (!isConst) found.as += 1
    },
    TSNonNullExpression: () => {
      found.bang += 1
    },
  })
  return found
}
