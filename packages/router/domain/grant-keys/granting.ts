import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { GrantKeys } from './grant-keys.ts'

/** What verbs of grant keys use. */
export type Granting = Records &
  FleetView & { identity: Pick<Identity, 'keyring' | 'signing'>; settings: Settings; grantKeys: GrantKeys }
