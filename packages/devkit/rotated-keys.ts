// What an agent of a test dials with, as its files say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentKeys } from '@xerotier/link/keys.ts'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { type CurveKeyPair, curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import type { AgentForTests } from './agent-for-tests.ts'

/** Both its key pairs. */
export function keysOf({ folder }: Pick<AgentForTests, 'folder'>): AgentKeys {
  const seed = readFileSync(join(folder, 'signing-key.hex'), 'utf8').trim()
  return { ...credentialsOf({ folder }), signing: signingKeyFromSeed(Buffer.from(seed, 'hex')) }
}

export function credentialsOf({ folder }: Pick<AgentForTests, 'folder'>): {
  curve: CurveKeyPair
  router: Enrollment['router']
} {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return {
    curve: curveKeysFromSecret(Buffer.from(read('curve-key.hex').trim(), 'hex')),
    router: JSON.parse(read('enrollment.json')).enrollment.router,
  }
}
