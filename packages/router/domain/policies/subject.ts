// Which policy is tried: a document, a version of one that is there, or what decides now.
import { Fault } from '@xerotier/protocol/errors.ts'
import { type PolicyDocument, policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { selectSlug } from '../../store/projects.ts'
import type { Member } from '../actor.ts'
import { type ActivePolicy, activePolicy, type Policies } from '../policy/book.ts'
import { compileInTurns } from '../policy/compile.ts'
import type { Records } from '../records.ts'
import { compileGiven } from './given.ts'
import { findPolicy, findVersion } from './read.ts'

export interface Subject {
  policy?: string | undefined
  version?: number | undefined
  document?: PolicyDocument | undefined
}

/**
 * @returns the policy, and the workspace that it is for: undefined for all
 * @throws Fault policy_not_found, policy_invalid, invalid_request
 */
export async function subjectOf(
  core: Pick<Records, 'store'> & Policies,
  { projectId }: Member,
  { policy: reference, version, document }: Subject,
): Promise<{ policy: ActivePolicy; workspaceId: string | undefined; since: Date | undefined } | undefined> {
  if (reference === undefined && document === undefined) return undefined
  const { db } = core.store
  const project = await selectSlug(db, projectId)
  if (document !== undefined) {
    if (version !== undefined)
      throw new Fault('invalid_request', { param: 'version', message: 'version: a document has none' })
    const there =
      reference === undefined ? undefined : await findPolicy(db, projectId, reference).catch(() => undefined)
    const about = { id: null, workspaceId: null, name: reference ?? 'the document', version: 0, number: 0, project }
    const policy = activePolicy(about, await compileGiven(document))
    return { policy, workspaceId: there?.workspace_id ?? undefined, since: undefined }
  }
  const row = await findPolicy(db, projectId, reference ?? '')
  const found = await findVersion(db, row, version ?? row.draft_version ?? undefined)
  const about = {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    version: found.version,
    number: found.number,
    project,
  }
  const compiled = await compileInTurns(policyDocumentSchema.parse(found.document))
  return { policy: activePolicy(about, compiled), workspaceId: row.workspace_id ?? undefined, since: found.created_at }
}
