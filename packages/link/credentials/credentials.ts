// What an agent dials with, and how one key takes the place of another. Nothing counts before it
// is on disk.
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { RotationUse } from '@xerotier/protocol/api/rotations.ts'
import type { CurveRotateFrame } from '@xerotier/protocol/frames/rotation/curve-rotate.ts'
import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import type { SigningRotateFrame } from '@xerotier/protocol/frames/rotation/signing-rotate.ts'
import type { SigningRotateAckFrame } from '@xerotier/protocol/frames/rotation/signing-rotate-ack.ts'
import { curveRotateText, signingRotateText } from '@xerotier/protocol/rotation.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { type SigningKey, signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import type { AgentKeys } from '../keys.ts'
import { type NextKeys, newCurve, newSigning } from './next-keys.ts'
import type { Way } from './way.ts'

export interface Credentials {
  /** As they are now. */
  readonly keys: AgentKeys
  readonly enrollment: Enrollment
  readonly current: Way
  /** Of a rotation that the router has accepted. */
  readonly next: Way | undefined
  /**
   * A new key for the rotation, or the one that was made for it; kept when this returns.
   * @throws when it cannot be
   */
  prepare(frame: CurveRotateFrame | SigningRotateFrame): CurveRotateAckFrame | SigningRotateAckFrame
  /**
   * The router takes the new key.
   * @returns whether there is one.
   * @throws when that cannot be kept
   */
  accepted(rotationId: string): boolean
  /**
   * The new key is in use, and the one before is gone.
   * @returns which
   * @throws when that cannot be kept: it holds all the same
   */
  commit(): RotationUse | undefined
  /** The new key is worth nothing. */
  drop(rotationId: string): void
  /** Grants are signed with this key from now on: hex. @throws when that cannot be kept */
  pinGrantKey(publicKey: string): void
  /** The router has renewed the enrollment that it was `asked` with. @returns what to keep */
  renewed(renewed: Enrollment, asked: Enrollment): Enrollment
}

/** Where it is kept. */
export interface CredentialStore {
  writeNext(next: NextKeys): void
  removeNext(use: RotationUse): void
  writeEnrollment(keys: AgentKeys, enrollment: Enrollment): void
  /**
   * A key that came into use, with the enrollment that it belongs to: both or none, also after a
   * crash.
   */
  writeCurrent(keys: AgentKeys, next: NextKeys, enrollment: Enrollment): void
}

/** @param next what a process before has kept of a rotation */
export function createCredentials(
  first: AgentKeys,
  firstEnrollment: Enrollment,
  store: CredentialStore,
  next?: NextKeys,
): Credentials {
  let keys = first
  let enrollment = firstEnrollment
  /** A key that is in use and not on disk in its place: only the file of the next one has it. */
  let unsaved: NextKeys | undefined

  const current = (): Way => ({ ...keys, router: enrollment.router })

  function saveCurrent(): void {
    if (unsaved === undefined) return
    store.writeCurrent(keys, unsaved, enrollment)
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
      return current()
    },
    get next() {
      return next?.accepted ? wayOf(next, current()) : undefined
    },
    prepare(frame) {
      // Its file holds what is in use alone.
      saveCurrent()
      const made = madeFor(frame, next)
      store.writeNext(made)
      next = made
      const way = wayOf(made, current())
      return frame.t === 'curve_rotate'
        ? curveAck(frame, enrollment.agent_id, way)
        : signingAck(frame, enrollment.agent_id, way, keys.signing)
    },
    accepted(rotationId) {
      if (next?.rotation_id !== rotationId) return false
      const accepted = { ...next, accepted: true }
      store.writeNext(accepted)
      next = accepted
      return true
    },
    commit() {
      if (next === undefined) return undefined
      const { use } = next
      const { router, ...used } = wayOf(next, current())
      unsaved = next
      keys = used
      enrollment = { ...enrollment, router: { ...enrollment.router, ...router } }
      next = undefined
      saveCurrent()
      return use
    },
    drop(rotationId) {
      if (next?.rotation_id !== rotationId) return
      const { use } = next
      next = undefined
      store.removeNext(use)
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

/** The same rotation may be told again, also with another address. */
function madeFor(frame: CurveRotateFrame | SigningRotateFrame, next: NextKeys | undefined): NextKeys {
  const known = next?.rotation_id === frame.rotation_id ? next : undefined
  if (frame.t === 'signing_rotate') return known?.use === 'signing' ? known : newSigning(frame.rotation_id)
  const { address, curve_public_key } = frame
  return known?.use === 'curve' ? { ...known, router: { address, curve_public_key } } : newCurve(frame)
}

function wayOf(next: NextKeys, { curve, signing, router }: Way): Way {
  const secret = Buffer.from(next.secret, 'hex')
  return next.use === 'curve'
    ? { curve: curveKeysFromSecret(secret), signing, router: next.router }
    : { curve, signing: signingKeyFromSeed(secret), router }
}

function curveAck(
  { rotation_id, curve_public_key: router_curve_public_key }: CurveRotateFrame,
  agent_id: string,
  { curve, signing }: Way,
): CurveRotateAckFrame {
  const { publicKey: curve_public_key } = curve
  const text = curveRotateText({ rotation_id, agent_id, curve_public_key, router_curve_public_key })
  return { t: 'curve_rotate_ack', rotation_id, curve_public_key, signature: signed(signing, text) }
}

/** @param old the key in use: it names the one that takes its place */
function signingAck(
  { rotation_id }: SigningRotateFrame,
  agent_id: string,
  { signing }: Way,
  old: SigningKey,
): SigningRotateAckFrame {
  const [old_key, new_key] = [old.publicKey.toString('hex'), signing.publicKey.toString('hex')]
  const text = signingRotateText({ rotation_id, agent_id, old_key, new_key })
  const signatures = { signature: signed(old, text), proof: signed(signing, text) }
  return { t: 'signing_rotate_ack', rotation_id, signing_public_key: new_key, ...signatures }
}

const signed = (key: SigningKey, text: string) => new Uint8Array(key.sign(Buffer.from(text)))
