// Everything a router may say to an agent.
import { z } from 'zod'
import { checkpointFrame } from './audit/checkpoint.ts'
import { cancelFrame } from './call/cancel.ts'
import { dispatchFrame } from './call/dispatch.ts'
import { outputAckFrame } from './call/output-ack.ts'
import { resultAckFrame } from './call/result-ack.ts'
import { curveRotateFrame } from './rotation/curve-rotate.ts'
import { grantKeysFrame } from './rotation/grant-keys.ts'
import { rotationAcceptedFrame } from './rotation/rotation-accepted.ts'
import { rotationEndedFrame } from './rotation/rotation-ended.ts'
import { signingRotateFrame } from './rotation/signing-rotate.ts'
import { bindingsFrame } from './session/bindings.ts'
import { challengeFrame } from './session/challenge.ts'
import { leaseFrame } from './session/lease.ts'
import { pauseFrame } from './session/pause.ts'
import { reenrollFrame } from './session/reenroll.ts'
import { sessionRefusedFrame } from './session/session-refused.ts'
import { welcomeFrame } from './session/welcome.ts'

export const routerFrameSchema = z.discriminatedUnion('t', [
  challengeFrame,
  welcomeFrame,
  leaseFrame,
  bindingsFrame,
  dispatchFrame,
  cancelFrame,
  outputAckFrame,
  resultAckFrame,
  pauseFrame,
  sessionRefusedFrame,
  reenrollFrame,
  checkpointFrame,
  curveRotateFrame,
  rotationAcceptedFrame,
  rotationEndedFrame,
  grantKeysFrame,
  signingRotateFrame,
])
export type RouterFrame = z.infer<typeof routerFrameSchema>
