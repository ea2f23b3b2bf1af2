// Secrets in the record: encrypted for the one row that they stand in. A sealed value is the mark
// of its form, the id of its key, nonce, tag and ciphertext. The oldest have neither mark nor id.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type Keyring, keyIdBytes } from './keyring.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const mark = Buffer.from('xe1')

/** What every value begins with that the current key sealed. */
export function sealedPrefix({ current }: Keyring): Buffer {
  return Buffer.concat([mark, current.id])
}

/** @param of what it stands with: what is sealed for one cannot be opened for another */
export function seal(keyring: Keyring, of: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, keyring.current.key, nonce).setAAD(Buffer.from(of))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([sealedPrefix(keyring), nonce, cipher.getAuthTag(), sealed])
}

/** @throws when its key is not on the ring, when it is another row's, or was changed */
export function openSealed(keyring: Keyring, of: string, sealed: Buffer): Buffer {
  const idAt = mark.length
  const known = sealed.subarray(0, idAt).equals(mark)
    ? keyring.byId(sealed.subarray(idAt, idAt + keyIdBytes))
    : undefined
  if (known !== undefined) return decrypt(known.key, of, sealed.subarray(idAt + keyIdBytes))
  // A nonce of the oldest may begin as the mark does, by chance.
  return decrypt(keyring.unnamed, of, sealed)
}

function decrypt(key: Buffer, of: string, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, nonceBytes)
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes)
  const decipher = createDecipheriv(algorithm, key, nonce).setAAD(Buffer.from(of)).setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
}
