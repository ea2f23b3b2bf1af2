// Arguments that begin a word of a command where no `--` stands before it. Option parsers take a
// word that begins with a hyphen for an option, so such a value is refused: at submit, where its
// caller hears it, and at the agent, which trusts nobody.
import { z } from 'zod'

export const operandSchema = z.object({
  argument: z.string().min(1).max(256),
  /** What follows it in the word must not become its beginning. */
  may_be_empty: z.boolean(),
})
export type Operand = z.infer<typeof operandSchema>

/** The first argument that cannot stand where it does, and why; undefined when all can. */
export function operandFlaw(
  operands: readonly Operand[],
  args: Readonly<Record<string, unknown>>,
): { argument: string; reason: string } | undefined {
  for (const { argument, may_be_empty } of operands) {
    if (!Object.hasOwn(args, argument)) continue
    const value = args[argument]
    const texts = (Array.isArray(value) ? value : [value]).map(String)
    if (texts.some((text) => text.startsWith('-'))) return { argument, reason: 'must not begin with a hyphen' }
    if (!may_be_empty && texts.includes('')) return { argument, reason: 'must not be empty' }
  }
  return undefined
}
