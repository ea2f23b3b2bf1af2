// The agent's two key pairs: Ed25519 signs its messages, CURVE encrypts its connection. Both live
// in 0600 files, made on the first boot.

import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { type CurveKeyPair, curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { type SigningKey, signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'

export interface AgentKeys {
  signing: SigningKey
  curve: CurveKeyPair
}

/** @throws when a file is not 32 bytes in hex, or others may read it */
export function loadKeys(paths: { signingKeyPath: string; curveKeyPath: string }): AgentKeys {
  return {
    signing: signingKeyFromSeed(loadSecret(paths.signingKeyPath)),
    curve: curveKeysFromSecret(loadSecret(paths.curveKeyPath)),
  }
}

function loadSecret(path: string): Buffer {
  const known = readSecretFile(path)
  if (known !== undefined) {
    if (!/^[0-9a-f]{64}\s*$/i.test(known)) throw new Error(`${path} does not hold 32 bytes in hex`)
    return Buffer.from(known.trim(), 'hex')
  }
  const bytes = randomBytes(32)
  makeFolder(dirname(path), 0o700)
  writeSecretFile(path, `${bytes.toString('hex')}\n`)
  return bytes
}
