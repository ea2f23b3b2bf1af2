// What the agent does when the router wants another key of it.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Credentials } from './credentials/credentials.ts'

type RotationFrame = Extract<
  RouterFrame,
  { t: 'curve_rotate' | 'signing_rotate' | 'rotation_accepted' | 'rotation_ended' }
>

export interface RotationParts {
  log: Log
  credentials: Credentials
  send(frame: AgentFrame): void
  /** The router takes the new key. */
  accepted(): void
  /** The new key is worth nothing. */
  ended(): void
  /** The agent signs with another key from now on. */
  signsAnew(): void
}

export interface Rotation {
  heard(frame: RotationFrame): void
  /** A session with the new key has begun. */
  completed(): void
}

export function createRotation({ log, credentials, send, accepted, ended, signsAnew }: RotationParts): Rotation {
  /** What is not on disk counts for nothing: then the router must not count on it either. */
  function onDisk(rotation_id: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      log.error({ error, rotation_id }, 'the new key cannot be kept; the rotation is refused')
      send({ t: 'rotation_refused', rotation_id, reason: messageOf(error).slice(0, 200) })
    }
  }

  return {
    heard(frame) {
      const { rotation_id } = frame
      if (frame.t === 'curve_rotate')
        return onDisk(rotation_id, () => {
          send(credentials.prepare(frame))
          log.notice({ rotation_id, router: frame.address }, 'the router wants a new CURVE key; it is made')
        })
      if (frame.t === 'signing_rotate')
        return onDisk(rotation_id, () => {
          send(credentials.prepare(frame))
          log.notice({ rotation_id }, 'the router wants a new signing key; it is made, and the old one names it')
        })
      if (frame.t === 'rotation_accepted')
        return onDisk(rotation_id, () => {
          if (credentials.accepted(rotation_id)) accepted()
        })
      log.warning({ rotation_id, reason: frame.reason }, 'the rotation was rolled back; the old key stays')
      try {
        credentials.drop(rotation_id)
      } catch (error) {
        log.warning({ error }, 'a key that is worth nothing could not be removed')
      }
      ended()
    },
    completed() {
      const { keyId } = credentials.keys.signing
      try {
        const use = credentials.commit()
        const about = { router: credentials.enrollment.router.address, key_id: credentials.keys.signing.keyId }
        if (use !== undefined) log.notice(about, `the new ${use === 'curve' ? 'CURVE' : 'signing'} key is in use`)
      } catch (error) {
        log.error({ error }, 'the new key is in use, and cannot be put in the place of the old one on disk')
      }
      if (credentials.keys.signing.keyId !== keyId) signsAnew()
    },
  }
}
