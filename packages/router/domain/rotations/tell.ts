import { features } from '@xerotier/protocol/features.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { selectLatestJoinKeyOf } from '../../store/join-keys.ts'
import type { RotationRow } from '../../store/tables.ts'
import { addressOf } from '../router-keys/addresses.ts'
import type { Rotating } from './rotating.ts'

/** What an agent must know to be asked. */
export const featureOfRotation = { curve: features.rotation, signing: features.signing_rotation } as const

/**
 * What tells an agent to rotate, now or again: undefined when the router's key of it is gone.
 */
export async function rotationFrame(
  core: Pick<Rotating, 'store' | 'serverKeys' | 'announcedAddress' | 'announcedAlternate' | 'boundAt'>,
  { id, project_id, agent_id, use, router_key_id }: RotationRow,
): Promise<RouterFrame | undefined> {
  if (use === 'signing') return { t: 'signing_rotate', rotation_id: id }
  const key = core.serverKeys.byId(router_key_id)
  if (key === undefined) return undefined
  const joinKey = await selectLatestJoinKeyOf(core.store.db, project_id, agent_id)
  const address = addressOf(core, key, joinKey?.router_addr)
  return { t: 'curve_rotate', rotation_id: id, address, curve_public_key: key.publicKey }
}
