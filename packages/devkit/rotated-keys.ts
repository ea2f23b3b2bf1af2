// What an agent of a test dials with, as its files say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import { type CurveKeyPair, curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import type { AgentForTests } from './agent-for-tests.ts'

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
