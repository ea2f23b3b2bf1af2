// Who this router is: the keys that agents pin at enrollment, in 0600 files of the state folder.

import { hkdfSync, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type CurveKeyPair, curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { type SigningKey, signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { createKeyring, type Keyring } from './encryption/keyring.ts'

export interface Identity {
  /** Signs the tokens of agents and join keys, and grants until another key does. */
  signing: SigningKey
  /** The one before it, of which tokens and grants are good: while its file is there. */
  previousSigning: SigningKey | undefined
  /** The first CURVE server key of the data plane; those after it are on record. */
  firstCurve: FirstCurve
  /** Signs checkpoints of the audit log, and nothing else. */
  auditKey: SigningKey
  /** The one before it, which signs them as well and names it: while its file is there. */
  previousAuditKey: SigningKey | undefined
  /** Keys the digests of requests. */
  digestsKey: Buffer
  /** Encrypts what the record has of secrets. */
  keyring: Keyring
}

export interface FirstCurve {
  /** Makes it when there is none. */
  read(): CurveKeyPair
  /** It counts no more: removes it if it is the one with this public key. */
  remove(publicKey: string): void
}

/**
 * Loads the router's keys from `<stateDir>/keys`, making them on the first start.
 * @param encryptionKeys of 32 bytes, the one that encrypts first; else the folder has one too
 */
export function loadIdentity(stateDir: string, encryptionKeys?: readonly Buffer[]): Identity {
  const folder = join(stateDir, 'keys')
  makeFolder(folder, 0o700)
  const signing = signingKeyFromSeed(loadSecret(join(folder, 'router-signing-key.hex')))
  const previousSigning = previousOf(join(folder, 'router-signing-key.hex'))
  const { seed } = previousSigning ?? signing
  const derived = Buffer.from(hkdfSync('sha256', seed, '', 'xem-call-secrets-v1', 32))
  const own = join(folder, 'encryption-key.hex')
  const [current, ...others] = encryptionKeys ?? []
  const keys: [Buffer, ...Buffer[]] = current === undefined ? [loadSecret(own)] : [current, ...others]
  return {
    signing,
    previousSigning,
    auditKey: signingKeyFromSeed(loadSecret(join(folder, 'audit-log-key.hex'))),
    previousAuditKey: previousOf(join(folder, 'audit-log-key.hex')),
    digestsKey: derived,
    // Whoever sets a key of their own may have run without one.
    keyring: createKeyring(current === undefined ? keys : [...keys, ...knownSecret(own)], derived),
    firstCurve: firstCurveIn(join(folder, 'router-curve-key.hex')),
  }
}

/** A key that was renamed counts beside the one that was made in its place. */
function previousOf(path: string): SigningKey | undefined {
  const [seed] = knownSecret(`${path}.previous`)
  return seed && signingKeyFromSeed(seed)
}

function firstCurveIn(path: string): FirstCurve {
  return {
    read: () => curveKeysFromSecret(loadSecret(path)),
    remove(publicKey) {
      const [secret] = knownSecret(path)
      if (secret !== undefined && curveKeysFromSecret(secret).publicKey === publicKey) rmSync(path)
    },
  }
}

function loadSecret(path: string): Buffer {
  const [known] = knownSecret(path)
  if (known !== undefined) return known
  const bytes = randomBytes(32)
  writeSecretFile(path, `${bytes.toString('hex')}\n`)
  return bytes
}

function knownSecret(path: string): Buffer[] {
  const known = readSecretFile(path)
  if (known === undefined) return []
  const bytes = Buffer.from(known.trim(), 'hex')
  if (bytes.length !== 32) throw new Error(`${path} does not hold 32 bytes in hex`)
  return [bytes]
}
