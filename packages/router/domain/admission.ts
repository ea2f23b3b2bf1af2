import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Member } from './actor.ts'

/** An actor that was let in, for what lasts longer than a request. */
export interface Admission<A extends Member = Member> {
  readonly actor: A
  /** Milliseconds since the epoch after which it surely would not be let in again. */
  readonly validUntil: number
  /** Whether it would be let in again, as at the door. Rejects when nobody can say. */
  ask(): Promise<boolean>
  /** Calls back when the actor, and what it may, has changed. The answer stops that. */
  onChange(callback: () => void): () => void
}

/** Whoever was let in stays while nobody can say: a database that is away ends no stream. */
export async function stillAdmitted({ validUntil, ask }: Admission, clock: Clock): Promise<boolean> {
  return clock.now() < validUntil && (await ask().catch(() => true))
}
