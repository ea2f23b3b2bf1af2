// Credentials in the files of an agent. What is in use is named by the enrollment: it is written
// first, whole, and a start finishes what did not follow it.
import { rmSync } from 'node:fs'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { type EnrollOptions, keepEnrollment, keptCurveKey } from '../enroll.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { type NextPair, nextPairPath, readNextPair, removeNextPair, writeNextPair } from './next-pair.ts'

/** Before the keys are read: a pair in use that is not in its place yet is put there. */
export function finishCommit({ curveKeyPath, enrollmentPath }: { curveKeyPath: string; enrollmentPath: string }): void {
  const next = readNextPair(curveKeyPath)
  if (next === undefined) return
  const inUse = keptCurveKey(enrollmentPath)
  if (inUse === curveKeysFromSecret(Buffer.from(next.secret, 'hex')).publicKey) putInPlace(curveKeyPath, next)
  // It belongs to an enrollment that is gone.
  else if (inUse === undefined) removeNextPair(curveKeyPath)
}

function putInPlace(curveKeyPath: string, { secret }: Pick<NextPair, 'secret'>): void {
  writeSecretFile(curveKeyPath, `${secret}\n`)
  rmSync(nextPairPath(curveKeyPath), { force: true })
}

export function credentialsOnDisk(options: EnrollOptions, curveKeyPath: string, enrollment: Enrollment): Credentials {
  return createCredentials(
    options.keys,
    enrollment,
    {
      writeNext: (next) => writeNextPair(curveKeyPath, next),
      removeNext: () => removeNextPair(curveKeyPath),
      writeEnrollment: (keys, current) => keepEnrollment({ ...options, keys }, current),
      writeCurrent(keys, secret, current) {
        keepEnrollment({ ...options, keys }, current)
        putInPlace(curveKeyPath, { secret })
      },
    },
    readNextPair(curveKeyPath),
  )
}
