// The keys under which the data plane listens: one, or two while agents move from the older to the
// newer. Each has an endpoint of its own.
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'
import { createTurns, type Turns } from '@xerotier/runtime/turns.ts'
import type { Endpoint } from '../../store/rotation-tables.ts'
import type { RouterKeyRow } from '../../store/tables.ts'

export interface ServerKey extends Pick<RouterKeyRow, 'id' | 'state' | 'endpoint' | 'made_at' | 'ends_at'> {
  /** Z85. */
  publicKey: string
}

/** The data plane, as verbs see it: the broker listens. */
export interface Listening {
  /** @throws when the endpoint cannot be bound */
  open(id: string, endpoint: Endpoint, keys: CurveKeyPair): Promise<void>
  /** Its connections end with it. */
  close(id: string): Promise<void>
}

export interface ServerKeys {
  /** What newcomers are given. */
  readonly current: ServerKey
  readonly live: readonly ServerKey[]
  byId(id: string | null): ServerKey | undefined
  /** What is on record now. */
  set(keys: readonly ServerKey[]): void
  /** One change after the other: two requests must not make two keys. */
  turns: Turns
}

export function createServerKeys(first: readonly ServerKey[]): ServerKeys {
  let live = first
  return {
    get current() {
      const current = live.find(({ state }) => state === 'current')
      if (current === undefined) throw new Error('the router has no current key')
      return current
    },
    get live() {
      return live
    },
    byId: (id) => live.find((key) => key.id === id),
    set(keys) {
      live = keys
    },
    turns: createTurns(1),
  }
}

export function serverKeyOf({ id, state, endpoint, made_at, ends_at, public_key }: RouterKeyRow): ServerKey {
  return { id, state, endpoint, made_at, ends_at, publicKey: public_key }
}
