// A router that dies at a chosen step of a rotation.
import type { Core } from '@xerotier/router/core.ts'

/** In their order. */
export const rotationSteps = [
  'rotation recorded, agent not told',
  'acknowledgement not committed',
  'acknowledgement committed, agent not told',
  'cut-over not committed',
  'cut-over committed, agent not told',
  'old key of the router retired, endpoint open',
] as const
export type RotationStep = (typeof rotationSteps)[number]

/** @param dieAt called at each step that is reached */
export function markRotation(
  { rotations, serverKeys, enrolledKeys, settings }: Core,
  dieAt: (step: RotationStep) => void,
) {
  const { dueIn } = rotations
  const { byId, set } = serverKeys
  const { add } = enrolledKeys
  let state: 'none' | 'recorded' | 'told' | 'acknowledged' = 'none'
  rotations.dueIn = (ms) => {
    if (ms === settings.rotationMs) {
      dieAt('rotation recorded, agent not told')
      state = 'recorded'
    }
    dueIn(ms)
  }
  // Which key an agent is told of, signs for and has come to: the last two in their transactions.
  serverKeys.byId = (id) => {
    if (state === 'told') dieAt('acknowledgement not committed')
    if (state === 'acknowledged') dieAt('cut-over not committed')
    if (state === 'recorded') state = 'told'
    return byId(id)
  }
  // Behind the commit, before anything is sent.
  enrolledKeys.add = (key) => {
    add(key)
    if (state === 'told') {
      dieAt('acknowledgement committed, agent not told')
      state = 'acknowledged'
    } else if (state === 'acknowledged') {
      dieAt('cut-over committed, agent not told')
      state = 'none'
    }
  }
  serverKeys.set = (keys) => {
    if (keys.length < serverKeys.live.length) dieAt('old key of the router retired, endpoint open')
    set(keys)
  }
}
