// The devices of whoever is in, in the project that they look at.
import type { PushDevice, PushDeviceList } from '@xerotier/protocol/api/push-devices.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectDevice, selectDevices } from '../../store/push-devices.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { PersonActor } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { dropDevices } from './drop.ts'
import { currentPushKey } from './key.ts'

export function presentDevice(row: ChannelRow): PushDevice {
  return {
    ...{ id: row.id, object: 'push_device', name: row.name ?? row.id, service: row.target },
    endpoint_hash: row.endpoint_hash ?? '',
    is_active: row.active,
    created_at: row.created_at.toISOString(),
    last_delivered_at: row.last_delivered_at?.toISOString() ?? null,
    last_error: row.last_error,
  }
}

export async function listDevices(core: Records & { identity: Identity }, actor: PersonActor): Promise<PushDeviceList> {
  const [rows, key] = [await selectDevices(core.store.db, actor.projectId, actor.id), await currentPushKey(core)]
  return { object: 'list', data: rows.map(presentDevice), key }
}

/** @throws Fault channel_not_found */
export async function findDevice(
  { store }: Pick<Records, 'store'>,
  actor: PersonActor,
  id: string,
): Promise<ChannelRow> {
  const row = await selectDevice(store.db, actor.projectId, actor.id, id)
  if (row === undefined) throw new Fault('channel_not_found')
  return row
}

/** @throws Fault channel_not_found */
export async function removeDevice(core: Records, actor: PersonActor, id: string): Promise<void> {
  await findDevice(core, actor, id)
  await write(core, (writing) => dropDevices(writing, actor, { id, userId: actor.id }, 'Its person removed it.'))
}
