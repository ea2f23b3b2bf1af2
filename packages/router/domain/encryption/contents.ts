// What calls carry is sealed by the keys that seal all secrets of the record.
import type { Contents } from '../../store/contents.ts'
import { type Keyring, keyIdBytes } from './keyring.ts'
import { openSealed, seal } from './sealed.ts'

export function contentsOf(keyring: Keyring): Contents {
  return {
    keyId: keyring.current.id.readInt32BE(),
    knows(keyId) {
      const id = Buffer.alloc(keyIdBytes)
      id.writeInt32BE(keyId)
      return keyring.byId(id) !== undefined
    },
    seal: (of, plain) => seal(keyring, of, plain),
    open: (of, sealed) => openSealed(keyring, of, sealed),
  }
}
