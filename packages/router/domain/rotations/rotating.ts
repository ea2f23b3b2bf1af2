import type { EnrolledKeys } from '../fleet/enrolled-keys.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Addresses } from '../router-keys/addresses.ts'
import type { RouterKeys } from '../router-keys/target.ts'
import type { Settings } from '../settings.ts'
import type { RotationWatch } from './watch.ts'

/** What verbs of rotations use. */
export type Rotating = RouterKeys &
  FleetView &
  Addresses & {
    enrolledKeys: EnrolledKeys
    settings: Settings
    rotations: RotationWatch
    grantKeys: GrantKeys
  }
