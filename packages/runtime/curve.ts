// CURVE key pairs. They are X25519 keys (libzmq's
// crypto_box keys), so node:crypto derives the public half.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { z85Encode } from './z85.ts'

const pkcs8Header = Buffer.from('302e020100300506032b656e04220420', 'hex')
const spkiHeaderBytes = 12

export interface CurveKeyPair {
  /** Z85, 40 characters. */
  publicKey: string
  /** Z85, 40 characters. */
  secretKey: string
}

/** @param secret any 32 random bytes */
export function curveKeysFromSecret(secret: Buffer): CurveKeyPair {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Header, secret]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spkiHeaderBytes)
  return { publicKey: z85Encode(publicKey), secretKey: z85Encode(secret) }
}
