// Everything an agent may say. A frame that is not in this union is refused before anything else looks at it (law L4).
import { z } from 'zod'
import { acceptedFrame } from './accepted.ts'
import { artifactFrame } from './artifact.ts'
import { goodbyeFrame } from './goodbye.ts'
import { helloFrame } from './hello.ts'
import { leaseRenewalFrame } from './lease-renewal.ts'
import { outputFrame } from './output.ts'
import { proofFrame } from './proof.ts'
import { refusedFrame } from './refused.ts'
import { resultFrame } from './result.ts'

export const agentFrameSchema = z.discriminatedUnion('t', [
  helloFrame,
  proofFrame,
  leaseRenewalFrame,
  acceptedFrame,
  outputFrame,
  artifactFrame,
  resultFrame,
  refusedFrame,
  goodbyeFrame,
])
export type AgentFrame = z.infer<typeof agentFrameSchema>
