import type { Enrollment } from '@xerotier/protocol/api/enroll.ts'
import type { CurveKeyPair } from '@xerotier/runtime/curve.ts'

/** With which pair to dial which end of the router. */
export interface Way {
  curve: CurveKeyPair
  router: Pick<Enrollment['router'], 'address' | 'curve_public_key'>
}
