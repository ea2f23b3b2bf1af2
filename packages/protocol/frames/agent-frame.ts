// Everything an agent may say. A frame that is not in this
// union is refused before anything else looks at it (law L4).
import { z } from 'zod'
import { checkpointRefusedFrame } from './audit/checkpoint-refused.ts'
import { cosignatureFrame } from './audit/cosignature.ts'
import { acceptedFrame } from './call/accepted.ts'
import { artifactFrame } from './call/artifact.ts'
import { outputFrame } from './call/output.ts'
import { refusedFrame } from './call/refused.ts'
import { resultFrame } from './call/result.ts'
import { curveRotateAckFrame } from './rotation/curve-rotate-ack.ts'
import { rotationRefusedFrame } from './rotation/rotation-refused.ts'
import { signingRotateAckFrame } from './rotation/signing-rotate-ack.ts'
import { goodbyeFrame } from './session/goodbye.ts'
import { helloFrame } from './session/hello.ts'
import { leaseRenewalFrame } from './session/lease-renewal.ts'
import { proofFrame } from './session/proof.ts'

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
  cosignatureFrame,
  checkpointRefusedFrame,
  curveRotateAckFrame,
  rotationRefusedFrame,
  signingRotateAckFrame,
])
export type AgentFrame = z.infer<typeof agentFrameSchema>
