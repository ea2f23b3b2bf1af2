import type { Artifact } from '@xerotier/protocol/api/executions.ts'
import { selectArtifacts } from '../../store/artifacts.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import { findExecution } from './find.ts'

type Row = Awaited<ReturnType<typeof selectArtifacts>>[number]

/** Those of its last attempt, oldest first. @throws Fault execution_not_found, invalid_request */
export async function listArtifacts(
  core: Pick<Records, 'store'>,
  actor: Member,
  id: string,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Artifact>> {
  const call = await findExecution(core, actor.projectId, id)
  const after = idCursor('cart', query.after)
  // A call has few.
  const all = await selectArtifacts(core.store.db, id, call.attempt, call)
  const behind = after === undefined ? all : all.filter((one) => one.id > after)
  return toPage(behind.slice(0, query.limit + 1), query.limit, presentArtifact, (artifact) => artifact.id)
}

export function presentArtifact({ id, name, media_type, bytes, created_at }: Row): Artifact {
  return { id, object: 'artifact', name, media_type, bytes, created_at: created_at.toISOString() }
}
