// Calls that the end of a process interrupted. Nobody scrapes a process that ends, so the next one
// counts them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const callsSchema = z.array(z.strictObject({ workspace: z.string(), tool: z.string() }))
export type InterruptedCall = z.infer<typeof callsSchema>[number]

/** Of one that was found in the journal, which does not say more. */
export const unknownCall: InterruptedCall = { workspace: '*', tool: '*' }

/** @throws when the disk takes nothing */
export function leaveInterrupted(path: string, calls: readonly InterruptedCall[]): void {
  if (calls.length > 0) writeFileSync(path, JSON.stringify(calls), { mode: 0o600 })
}

/** What an earlier process left, once. */
export function takeInterrupted(path: string): InterruptedCall[] {
  try {
    const calls = callsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    rmSync(path)
    return calls
  } catch {
    return []
  }
}
