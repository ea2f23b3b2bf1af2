import type { Whoami } from '@xerotier/protocol/api/whoami.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectApiKey } from '../../store/api-keys.ts'
import { selectMember } from '../../store/members.ts'
import { selectSlug } from '../../store/projects.ts'
import type { Caller } from '../actor.ts'
import type { Records } from '../records.ts'

/** @throws Fault authentication_error for a key that went meanwhile */
export async function whoami(core: Pick<Records, 'store'>, actor: Caller): Promise<Whoami> {
  const { db } = core.store
  const { projectId } = actor
  const key = actor.key === null ? null : await selectApiKey(db, projectId, actor.key.id)
  if (key === undefined) throw new Fault('authentication_error')
  return {
    object: 'whoami',
    project_id: projectId,
    project: await selectSlug(db, projectId),
    person: actor.person === null ? null : await personOf(core, projectId, actor.person.id),
    key: key && {
      ...{ id: key.id, name: key.name, scopes: [...actor.scopes], workspaces: key.workspaces },
      expires_at: key.expires_at?.toISOString() ?? null,
    },
    door: actor.door,
  }
}

async function personOf({ store }: Pick<Records, 'store'>, projectId: string, id: string): Promise<Whoami['person']> {
  const member = await selectMember(store.db, projectId, id)
  if (member === undefined) throw new Fault('authentication_error')
  const { name, email, role, system_role, groups, quiet_hours } = member
  return { id, name, email, role, system_role, groups, quiet_hours }
}
