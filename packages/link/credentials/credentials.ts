// What an agent dials with, and how one pair takes the place of another. Nothing counts before it
// is on disk.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { CurveRotateFrame } from '@xerotier/protocol/frames/rotation/curve-rotate.ts'
import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import { curveRotateText } from '@xerotier/protocol/rotation.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import type { AgentKeys } from '../keys.ts'
import { type NextPair, newPair } from './next-pair.ts'
import type { Way } from './way.ts'

export interface Credentials {
  /** As they are now. */
  readonly keys: AgentKeys
  readonly enrollment: Enrollment
  readonly current: Way
  /** Of a rotation that the router has accepted. */
  readonly next: Way | undefined
  /**
   * A new pair for the rotation, or the one that was made for it; kept when this returns.
   * @throws when it cannot be
   */
  prepare(frame: CurveRotateFrame): CurveRotateAckFrame
  /**
   * The router takes the new pair.
   * @returns whether there is one.
   * @throws when that cannot be kept
   */
  accepted(rotationId: string): boolean
  /**
   * The new pair is in use, and the one before is gone.
   * @throws when that cannot be kept: it holds all the same
   */
  commit(): void
  /** The new pair is worth nothing. */
  drop(rotationId: string): void
  /** Grants are signed with this key from now on: hex. @throws when that cannot be kept */
  pinGrantKey(publicKey: string): void
  /** The router has renewed the enrollment that it was `asked` with. @returns what to keep */
  renewed(renewed: Enrollment, asked: Enrollment): Enrollment
}

/** Where it is kept. */
export interface CredentialStore {
  writeNext(next: NextPair): void
  removeNext(): void
  writeEnrollment(keys: AgentKeys, enrollment: Enrollment): void
  /** The pair in use, with the enrollment that it belongs to: both or none, also after a crash. */
  writeCurrent(keys: AgentKeys, secret: string, enrollment: Enrollment): void
}

/** @param next what a process before has kept of a rotation */
export function createCredentials(
  first: AgentKeys,
  firstEnrollment: Enrollment,
  store: CredentialStore,
  next?: NextPair,
): Credentials {
  let keys = first
  let enrollment = firstEnrollment
  /** A pair that is in use and not on disk in its place: only the file of the next one has it. */
  let unsaved: NextPair | undefined

  function saveCurrent(): void {
    if (unsaved === undefined) return
    store.writeCurrent(keys, unsaved.secret, enrollment)
    unsaved = undefined
  }

  return {
    get keys() {
      return keys
    },
    get enrollment() {
      return enrollment
    },
    get current() {
      return { curve: keys.curve, router: enrollment.router }
    },
    get next() {
      return next?.accepted ? wayOf(next) : undefined
    },
    prepare(frame) {
      // Its file holds what is in use alone.
      saveCurrent()
      const { address, curve_public_key: routerKey, rotation_id } = frame
      const pair = next?.rotation_id === rotation_id ? next : newPair(frame)
      const made = { ...pair, router: { address, curve_public_key: routerKey } }
      store.writeNext(made)
      next = made
      const curve_public_key = wayOf(made).curve.publicKey
      const text = curveRotateText({
        rotation_id,
        agent_id: enrollment.agent_id,
        curve_public_key,
        router_curve_public_key: routerKey,
      })
      const signature = new Uint8Array(keys.signing.sign(Buffer.from(text)))
      return { t: 'curve_rotate_ack', rotation_id, curve_public_key, signature }
    },
    accepted(rotationId) {
      if (next?.rotation_id !== rotationId) return false
      const accepted = { ...next, accepted: true }
      store.writeNext(accepted)
      next = accepted
      return true
    },
    commit() {
      if (next === undefined) return
      unsaved = next
      keys = { ...keys, curve: wayOf(next).curve }
      enrollment = { ...enrollment, router: { ...enrollment.router, ...next.router } }
      next = undefined
      saveCurrent()
    },
    drop(rotationId) {
      if (next?.rotation_id !== rotationId) return
      next = undefined
      store.removeNext()
    },
    pinGrantKey(signing_public_key) {
      enrollment = { ...enrollment, router: { ...enrollment.router, signing_public_key } }
      // What is in use and not on disk goes there with it.
      if (unsaved === undefined) store.writeEnrollment(keys, enrollment)
      else saveCurrent()
    },
    renewed(renewed, asked) {
      // What a rotation said meanwhile is newer.
      const { router } = asked.router === enrollment.router ? renewed : enrollment
      enrollment = { ...renewed, router }
      return enrollment
    },
  }
}

function wayOf({ secret, router }: NextPair): Way {
  return { curve: curveKeysFromSecret(Buffer.from(secret, 'hex')), router }
}
