// An authenticator with one passkey, as a browser shows it to the router.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { NewPasskey, ShownPasskey } from '@xerotier/protocol/api/passkeys.ts'
import { sha256 } from '@xerotier/runtime/digest.ts'

interface Creating {
  challenge: string
  rp: { id: string }
  user: { id: string }
}
interface Getting {
  challenge: string
  rpId: string
}

export interface PasskeyForTests {
  /** Of the next signature less one; 0 for one that does not count. */
  counter: number
  /** Whether it has verified its person. */
  verifies: boolean
  origin: string
  userHandle: string
  create(options: Creating): NewPasskey['response']
  get(options: Getting): ShownPasskey
}

const userPresent = 0x01
const userVerified = 0x04
const withCredential = 0x40

/** @param origin of the page that asks */
export function passkeyForTests(origin: string): PasskeyForTests {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  const id = credentialId.toString('base64url')
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const cose = Buffer.concat([
    ...[Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url')],
    ...[Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')],
  ])
  const dataOf = (rpId: string, more: number) => {
    if (key.counter > 0) key.counter += 1
    const head = Buffer.alloc(5)
    head.writeUInt8(userPresent | (key.verifies ? userVerified : 0) | more)
    head.writeUInt32BE(key.counter, 1)
    return Buffer.concat([sha256(Buffer.from(rpId)), head])
  }
  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: key.origin, crossOrigin: false }))
  const key: PasskeyForTests = {
    counter: 1,
    verifies: true,
    origin,
    userHandle: Buffer.from('usr_nobody').toString('base64url'),
    create({ challenge, rp, user }) {
      key.userHandle = user.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const data = Buffer.concat([dataOf(rp.id, withCredential), Buffer.alloc(16), length, credentialId, cose])
      const attestation = Buffer.concat([
        ...[Buffer.from('a3', 'hex'), cborText('fmt'), cborText('none'), cborText('attStmt'), Buffer.from('a0', 'hex')],
        ...[cborText('authData'), Buffer.from([0x58, data.length]), data],
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      }
      return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
    },
    get({ challenge, rpId }) {
      const client = clientData('webauthn.get', challenge)
      const data = dataOf(rpId, 0)
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
        userHandle: key.userHandle,
      }
      return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
    },
  }
  return key
}

/** Of fewer than 24 bytes. */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}
