// Credentials in the files of an agent. What is in use is named by the enrollment: it is written
// first, whole, and a start finishes what did not follow it.

import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { type RotationUse, rotationUses } from '@xerotier/protocol/api/rotations.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { type EnrollOptions, keepEnrollment, keptKeys } from '../enroll.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { type KeyPaths, type NextKeys, readNext, removeNext, writeNext } from './next-keys.ts'

/** Before the keys are read: a key in use that is not in its place yet is put there. */
export function finishCommit(paths: KeyPaths, enrollmentPath: string): void {
  const inUse = keptKeys(enrollmentPath)
  for (const use of rotationUses) {
    const next = readNext(paths, use)
    if (next === undefined) continue
    if (inUse[use] === publicOf[use](Buffer.from(next.secret, 'hex'))) putInPlace(paths, next)
    // It belongs to an enrollment that is gone.
    else if (inUse[use] === undefined) removeNext(paths, use)
  }
}

const publicOf: Record<RotationUse, (secret: Buffer) => string> = {
  curve: (secret) => curveKeysFromSecret(secret).publicKey,
  signing: (seed) => signingKeyFromSeed(seed).publicKey.toString('hex'),
}

function putInPlace(paths: KeyPaths, { use, secret }: Pick<NextKeys, 'use' | 'secret'>): void {
  writeSecretFile(paths[use], `${secret}\n`)
  removeNext(paths, use)
}

export function credentialsOnDisk(options: EnrollOptions, paths: KeyPaths, enrollment: Enrollment): Credentials {
  return createCredentials(
    options.keys,
    enrollment,
    {
      writeNext(next) {
        // One is to come at most: that of another rotation is worth nothing any more.
        for (const use of rotationUses) if (use !== next.use) removeNext(paths, use)
        writeNext(paths, next)
      },
      removeNext: (use) => removeNext(paths, use),
      writeEnrollment: (keys, current) => keepEnrollment({ ...options, keys }, current),
      writeCurrent(keys, next, current) {
        keepEnrollment({ ...options, keys }, current)
        putInPlace(paths, next)
      },
    },
    readNext(paths, 'curve') ?? readNext(paths, 'signing'),
  )
}
