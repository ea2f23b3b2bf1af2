// The keys that sign grants: one, or two while agents learn of the newer.
import { features } from '@xerotier/protocol/features.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { type Grant, grantText } from '@xerotier/protocol/grant.ts'
import type { SigningKey } from '@xerotier/runtime/ed25519.ts'
import { createTurns, type Turns } from '@xerotier/runtime/turns.ts'
import type { Statement } from '../../store/grant-keys.ts'

export interface GrantKey {
  id: string
  signing: SigningKey
  /** Of one that retires. */
  endsAt: number | undefined
}

/** The newest first. */
type Live = readonly [GrantKey, ...GrantKey[]]

export interface GrantKeys {
  readonly live: Live
  /** Of its public key, as newcomers pin it: hex. */
  readonly current: string
  /** Signed by every key that is live, so that who knows one of them takes it. */
  sign(grant: Omit<Grant, 'signatures'>): Grant
  /** What agents are told; undefined where none was ever replaced, or they do not know it. */
  frameFor(agent: { features: ReadonlySet<string> }): RouterFrame | undefined
  set(live: Live, statements: readonly Statement[]): void
  /** One change after the other. */
  turns: Turns
}

export function createGrantKeys(first: Live, firstStatements: readonly Statement[]): GrantKeys {
  let live = first
  let statements = firstStatements
  return {
    get live() {
      return live
    },
    get current() {
      return hexOf(live[0])
    },
    sign(grant) {
      const bytes = Buffer.from(grantText(grant))
      const signatures = live.map(({ signing }) => ({
        signer: 'router',
        key_id: signing.keyId,
        alg: 'ed25519' as const,
        signature: new Uint8Array(signing.sign(bytes)),
      }))
      return { ...grant, signatures }
    },
    frameFor(agent) {
      if (statements.length === 0 || !agent.features.has(features.grant_keys)) return undefined
      return {
        t: 'grant_keys',
        live: live.map(hexOf).toReversed(),
        statements: statements.map(({ public_key, signer, statement }) => ({
          public_key,
          signer,
          signature: new Uint8Array(statement),
        })),
      }
    },
    set(keys, told) {
      live = keys
      statements = told
    },
    turns: createTurns(1),
  }
}

export const hexOf = ({ signing }: Pick<GrantKey, 'signing'>) => signing.publicKey.toString('hex')
