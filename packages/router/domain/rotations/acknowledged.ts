// What an acknowledgement says, and what speaks against it.
import type { CurveRotateAckFrame } from '@xerotier/protocol/frames/rotation/curve-rotate-ack.ts'
import type { SigningRotateAckFrame } from '@xerotier/protocol/frames/rotation/signing-rotate-ack.ts'
import { curveRotateText, signingRotateText } from '@xerotier/protocol/rotation.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import { isZ85Key } from '@xerotier/runtime/z85.ts'
import type { Tx } from '../../store/database.ts'
import { isKnownCurveKey, isKnownSigningKey } from '../../store/rotations.ts'
import type { AgentRow, RotationRow } from '../../store/tables.ts'
import type { Rotating } from './rotating.ts'

export interface Acknowledged {
  new_key: string
  signature: Buffer
  proof: Buffer | null
  /** @returns why it does not count */
  whatIsWrong(
    core: Pick<Rotating, 'serverKeys'>,
    tx: Tx,
    of: { row: RotationRow; agent: AgentRow },
  ): Promise<string | undefined>
}

export function acknowledged(frame: CurveRotateAckFrame | SigningRotateAckFrame): Acknowledged {
  return frame.t === 'curve_rotate_ack' ? ofCurve(frame) : ofSigning(frame)
}

const notTheAgents = 'the acknowledgement is not signed with the key of the agent'
const notNew = 'the key that the agent sent is not new'

function ofCurve({ rotation_id, curve_public_key, signature }: CurveRotateAckFrame): Acknowledged {
  return {
    new_key: curve_public_key,
    signature: Buffer.from(signature),
    proof: null,
    async whatIsWrong({ serverKeys }, tx, { row, agent: { id: agent_id, signing_public_key } }) {
      const routerKey = serverKeys.byId(row.router_key_id)
      if (routerKey === undefined) return 'the router does not listen there any more'
      if (!isZ85Key(curve_public_key)) return 'the agent sent no CURVE key'
      const { publicKey: router_curve_public_key } = routerKey
      const text = curveRotateText({ rotation_id, agent_id, curve_public_key, router_curve_public_key })
      if (!verifySignature(verifyingKey(signing_public_key), Buffer.from(text), signature)) return notTheAgents
      return (await isKnownCurveKey(tx, curve_public_key, rotation_id)) ? notNew : undefined
    },
  }
}

function ofSigning(frame: SigningRotateAckFrame): Acknowledged {
  const { rotation_id, signing_public_key: new_key, signature, proof } = frame
  return {
    new_key,
    signature: Buffer.from(signature),
    proof: Buffer.from(proof),
    async whatIsWrong(_core, tx, { agent: { id: agent_id, signing_public_key } }) {
      const old_key = signing_public_key.toString('hex')
      const text = Buffer.from(signingRotateText({ rotation_id, agent_id, old_key, new_key }))
      if (!verifySignature(verifyingKey(signing_public_key), text, signature)) return notTheAgents
      if (!verifySignature(verifyingKey(Buffer.from(new_key, 'hex')), text, proof))
        return 'the acknowledgement is not signed with the new key'
      return (await isKnownSigningKey(tx, new_key, rotation_id)) ? notNew : undefined
    },
  }
}
