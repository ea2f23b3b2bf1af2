import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { AgentKeys } from '../keys.ts'

/** With which keys to dial which end of the router. */
export interface Way extends AgentKeys {
  router: Pick<Enrollment['router'], 'address' | 'curve_public_key'>
}

export function sameKeys(one: Way, other: Way): boolean {
  return one.curve.publicKey === other.curve.publicKey && one.signing.keyId === other.signing.keyId
}
