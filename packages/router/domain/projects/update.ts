import type { Project, projectUpdateSchema } from '@xerotier/protocol/api/projects.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { lockProject } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import type { Encrypting } from '../encryption/encrypting.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'
import type { SessionWatch } from '../sessions/watch.ts'
import type { Settings } from '../settings.ts'
import { mergedRetention } from './retention.ts'
import { presentProject, showProject } from './show.ts'

/** @throws Fault project_not_found, invalid_body */
export async function updateProject(
  core: Records & Encrypting & { sessions: SessionWatch } & { settings: Pick<Settings, 'auditDays'> },
  actor: Member,
  body: z.output<typeof projectUpdateSchema>,
): Promise<Project> {
  const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  if (Object.keys(changes).length === 0) return showProject(core, actor)
  const { retention, ...others } = body
  const row = await write(core, async ({ tx, append, after }) => {
    const known = await lockProject(tx, actor.projectId)
    if (known === undefined) throw new Fault('project_not_found')
    append({ project_id: actor.projectId, kind: 'project.updated', actor, data: changes })
    if (body.encrypt_calls !== undefined) {
      const on = body.encrypt_calls
      after(() => core.encrypting.set(actor.projectId, on))
    }
    // Streams of who came otherwise end.
    if (body.required_login !== undefined) after(() => core.sessions.requires(actor.projectId))
    return tx
      .updateTable('projects')
      .set({ ...others, ...mergedRetention(known, retention ?? {}, core.settings.auditDays) })
      .where('id', '=', actor.projectId)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentProject(core.store.db, row)
}
