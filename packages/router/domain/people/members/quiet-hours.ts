import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Member } from '../../actor.ts'
import { write } from '../../events/write.ts'
import type { Records } from '../../records.ts'

/**
 * Their own: when somebody is not to be disturbed is nobody else's to say.
 * @param hours null: none
 * @throws Fault person_required
 */
export async function setQuietHours(core: Records, actor: Member, hours: QuietHours | null): Promise<void> {
  if (actor.kind !== 'person') throw new Fault('person_required')
  const { projectId: project_id, id: user_id } = actor
  await write(core, async ({ tx, append }) => {
    await tx
      .updateTable('project_members')
      .set({ quiet_hours: hours === null ? null : JSON.stringify(hours) })
      .where('project_id', '=', project_id)
      .where('user_id', '=', user_id)
      .execute()
    append({ project_id, kind: 'member.updated', actor, data: { user_id, quiet_hours: hours } })
  })
}
