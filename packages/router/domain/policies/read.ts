import type { Policy, PolicyVersion, policyDiffSchema } from '@xerotier/protocol/api/policies.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import type { Database, Tx } from '../../store/database.ts'
import {
  type PolicyRow,
  type PolicyVersionRow,
  selectNewestVersion,
  selectPolicies,
  selectPolicy,
  selectPolicyOnRecord,
  selectVersion,
  selectVersions,
} from '../../store/policies.ts'
import type { Member } from '../actor.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'
import { differencesOf } from './differences.ts'
import { presentPolicy, presentVersion } from './present.ts'

type Reading = Pick<Records, 'store'>

export async function listPolicies(
  { store }: Reading,
  { projectId }: Member,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Page<Policy>> {
  const rows = await selectPolicies(store.db, projectId, { limit, after: idCursor('pol', after) })
  return toPage(rows, limit, presentPolicy, ({ id }) => id)
}

/** By name or id. @throws Fault policy_not_found */
export async function findPolicy(db: Database | Tx, projectId: string, reference: string): Promise<PolicyRow> {
  const policy = await selectPolicy(db, projectId, reference)
  if (policy === undefined) throw unknownPolicy(reference)
  return policy
}

/** The same, also of one that was deleted: its versions stay. @throws Fault policy_not_found */
async function findOnRecord(db: Database, projectId: string, reference: string): Promise<PolicyRow> {
  const policy = await selectPolicyOnRecord(db, projectId, reference)
  if (policy === undefined) throw unknownPolicy(reference)
  return policy
}

export function unknownPolicy(reference: string): Fault {
  return new Fault('policy_not_found', {
    param: 'policy',
    message: `There is no approval policy ${JSON.stringify(reference)} in this project.`,
  })
}

/**
 * One version of a policy.
 * @param version the one that decides, or else the draft, when it is not given
 * @throws Fault policy_not_found
 */
export async function findVersion(
  db: Database | Tx,
  policy: PolicyRow,
  version: number | undefined,
): Promise<PolicyVersionRow> {
  const wanted = version ?? policy.version ?? policy.draft_version ?? undefined
  const row =
    wanted === undefined ? await selectNewestVersion(db, policy.id) : await selectVersion(db, policy.id, wanted)
  if (row !== undefined) return row
  throw new Fault('policy_not_found', { param: 'version', message: `${policy.name} has no version ${version}.` })
}

/**
 * Of a policy that was deleted a version is shown when it is asked for.
 * @returns its newest version as well, where the policy is asked for and none of its versions
 * @throws Fault policy_not_found
 */
export async function showPolicy(
  { store }: Reading,
  { projectId }: Member,
  reference: string,
  version?: number,
): Promise<{ shown: PolicyVersion; newest?: number }> {
  const policy = await findOnRecord(store.db, projectId, reference)
  if (version === undefined && policy.deleted_at !== null)
    throw new Fault('policy_not_found', {
      param: 'policy',
      message: `The approval policy ${policy.name} was deleted. Its versions 1 to ${policy.newest_version} are on record.`,
    })
  const shown = presentVersion(policy, await findVersion(store.db, policy, version))
  return version === undefined ? { shown, newest: policy.newest_version } : { shown }
}

/** Newest first. @throws Fault policy_not_found */
export async function listPolicyVersions(
  { store }: Reading,
  { projectId }: Member,
  reference: string,
  { limit, after }: { limit: number; after?: number | undefined },
): Promise<Page<PolicyVersion>> {
  const policy = await findOnRecord(store.db, projectId, reference)
  const rows = await selectVersions(store.db, policy.id, { limit, before: after })
  return toPage(
    rows,
    limit,
    (row) => presentVersion(policy, row),
    ({ version }) => String(version),
  )
}

/** @throws Fault policy_not_found */
export async function diffPolicy(
  { store }: Reading,
  { projectId }: Member,
  reference: string,
  { from, to }: { from: number; to?: number | undefined },
): Promise<z.infer<typeof policyDiffSchema>> {
  const policy = await findOnRecord(store.db, projectId, reference)
  const before = await findVersion(store.db, policy, from)
  const after = await findVersion(store.db, policy, to)
  return {
    object: 'approval_policy_diff',
    policy: policy.name,
    from,
    to: after.version,
    differences: differencesOf(before.document, after.document),
  }
}
