// Everything a router may say to an agent.
import { z } from 'zod'
import { bindingsFrame } from './bindings.ts'
import { cancelFrame } from './cancel.ts'
import { challengeFrame } from './challenge.ts'
import { dispatchFrame } from './dispatch.ts'
import { leaseFrame } from './lease.ts'
import { outputAckFrame } from './output-ack.ts'
import { pauseFrame } from './pause.ts'
import { reenrollFrame } from './reenroll.ts'
import { resultAckFrame } from './result-ack.ts'
import { sessionRefusedFrame } from './session-refused.ts'
import { welcomeFrame } from './welcome.ts'

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
])
export type RouterFrame = z.infer<typeof routerFrameSchema>
