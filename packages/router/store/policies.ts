import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'

/** The policies that decide now, of all projects or of one. */
export function selectActivePolicies(db: Database | Tx, projectId?: string) {
  let query = db
    .selectFrom('approval_policies as policy')
    .innerJoin('approval_policy_versions as version', 'version.number', 'policy.active')
    .innerJoin('projects', 'projects.id', 'policy.project_id')
    .select('projects.slug')
    .select(['policy.id', 'policy.project_id', 'policy.workspace_id', 'policy.name'])
    .select(['version.number', 'version.version', 'version.document'])
    .where('policy.deleted_at', 'is', null)
  if (projectId !== undefined) query = query.where('policy.project_id', '=', projectId)
  return query.execute()
}
export type ActivePolicyRow = Awaited<ReturnType<typeof selectActivePolicies>>[number]

/** The number of every version that there ever was. */
export async function selectVersionNumbers(db: Database | Tx, projectId?: string) {
  let query = db.selectFrom('approval_policy_versions').select(['project_id', 'number'])
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  return query.execute()
}

/** Deleted ones too. */
function policiesOnRecord(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('approval_policies as policy')
    .leftJoin('workspaces', 'workspaces.id', 'policy.workspace_id')
    .leftJoin('approval_policy_versions as active', 'active.number', 'policy.active')
    .leftJoin('approval_policy_versions as draft', 'draft.number', 'policy.draft')
    .selectAll('policy')
    .select(['workspaces.name as workspace_name', 'active.version as version', 'draft.version as draft_version'])
    .select(
      sql<number>`(select max(one.version) from approval_policy_versions one where one.policy_id = policy.id)`.as(
        'newest_version',
      ),
    )
    .where('policy.project_id', '=', projectId)
}

const policies = (db: Database | Tx, projectId: string) =>
  policiesOnRecord(db, projectId).where('policy.deleted_at', 'is', null)

export function selectPolicies(db: Database, projectId: string, page: { limit: number; after?: string | undefined }) {
  let query = policies(db, projectId)
  if (page.after !== undefined) query = query.where('policy.id', '<', page.after)
  return query
    .orderBy('policy.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** The one of a workspace, or of the whole project. */
export function selectPolicyAt(db: Database | Tx, projectId: string, workspaceId: string | null) {
  return policies(db, projectId).where('policy.workspace_id', 'is not distinct from', workspaceId).executeTakeFirst()
}

const keyOf = (reference: string) => (reference.startsWith('pol_') ? 'policy.id' : 'policy.name')

/** By id or by name. */
export function selectPolicy(db: Database | Tx, projectId: string, reference: string) {
  return policies(db, projectId).where(keyOf(reference), '=', reference).executeTakeFirst()
}

/** By id or name, also one that was deleted: the latest, where none that is left has the name. */
export function selectPolicyOnRecord(db: Database | Tx, projectId: string, reference: string) {
  return policiesOnRecord(db, projectId)
    .where(keyOf(reference), '=', reference)
    .orderBy('policy.deleted_at', (order) => order.desc().nullsFirst())
    .orderBy('policy.id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
export type PolicyRow = NonNullable<Awaited<ReturnType<typeof selectPolicy>>>

/** Locks what there is until the transaction ends: of two who change it one is first. */
export async function lockPolicy(tx: Tx, projectId: string, reference: string): Promise<PolicyRow | undefined> {
  const found = await selectPolicy(tx, projectId, reference)
  if (found === undefined) return undefined
  await tx.selectFrom('approval_policies').select('id').where('id', '=', found.id).forUpdate().execute()
  return selectPolicy(tx, projectId, found.id)
}

function versions(db: Database | Tx, policyId: string) {
  return db
    .selectFrom('approval_policy_versions as version')
    .selectAll('version')
    .select(actorName('version.created_by', 'version.project_id').as('created_by_name'))
    .where('version.policy_id', '=', policyId)
}

export function selectVersions(db: Database, policyId: string, page: { limit: number; before?: number | undefined }) {
  let query = versions(db, policyId)
  if (page.before !== undefined) query = query.where('version.version', '<', page.before)
  return query
    .orderBy('version.version', 'desc')
    .limit(page.limit + 1)
    .execute()
}
export type PolicyVersionRow = Awaited<ReturnType<typeof selectVersions>>[number]

export function selectVersion(db: Database | Tx, policyId: string, version: number) {
  return versions(db, policyId).where('version.version', '=', version).executeTakeFirst()
}

export function selectNewestVersion(db: Database | Tx, policyId: string) {
  return versions(db, policyId).orderBy('version.version', 'desc').limit(1).executeTakeFirst()
}

/** Of the policies that decide, and of the drafts beside them. */
export async function selectRuleNames(db: Database | Tx, projectId: string): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select distinct rule ->> 'name' as name
    from approval_policies as policy
    join approval_policy_versions as version on version.number in (policy.active, policy.draft)
    cross join jsonb_array_elements(coalesce(version.document -> 'rules', '[]')) as rule
    where policy.project_id = ${projectId} and policy.deleted_at is null`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

/** Calls that policies refused: they stand in the log alone. */
export async function countRefused(
  db: Database,
  projectId: string,
  { since, until, workspaceId }: { since: Date; until: Date; workspaceId: string | undefined },
): Promise<number> {
  let query = db
    .selectFrom('events')
    .select((count) => count.fn.countAll<number>().as('refused'))
    .where('project_id', '=', projectId)
    .where('kind', '=', 'execution.refused')
    .where('at', '>=', since)
    .where('at', '<', until)
  if (workspaceId !== undefined) query = query.where('workspace_id', '=', workspaceId)
  return (await query.executeTakeFirstOrThrow()).refused
}
