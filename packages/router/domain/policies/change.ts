// Policies are changed here: applied, made active, deleted. Each change takes its turn with the
// requests of the project, so that nothing is asked for under a policy that is over.
import type { PendingOutcome, PolicyChange, policyApplySchema } from '@xerotier/protocol/api/policies.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import type { z } from 'zod'
import { lockPolicy, type PolicyRow, selectNewestVersion, selectPolicyAt } from '../../store/policies.ts'
import { selectSlug } from '../../store/projects.ts'
import { uniqueViolation } from '../../store/unique-violation.ts'
import type { Member } from '../actor.ts'
import { approvalTurns } from '../approvals/turns.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { type ActivePolicy, activePolicy, defaultPolicy, type Policies } from '../policy/book.ts'
import type { Records } from '../records.ts'
import { differencesOf } from './differences.ts'
import { compileGiven } from './given.ts'
import { checkNames } from './names.ts'
import { presentPolicy } from './present.ts'
import { findPolicy, findVersion, unknownPolicy } from './read.ts'
import { revalidate } from './revalidate.ts'

type Changing = Records & Directory & Policies & Pick<Attempts, 'calls' | 'dispatcher'>

/** What the caller had seen: `none`, that there is no such policy. Undefined: they do not say. */
export type Seen = number | 'none' | undefined

type Applied = z.output<typeof policyApplySchema>

/**
 * Stores a version, and lets it decide unless it is a draft. Applying what decides already changes
 * nothing.
 * @throws Fault policy_invalid, policy_conflict, workspace_not_found, workspace_not_allowed
 */
export async function applyPolicy(
  core: Changing,
  actor: Member,
  name: string,
  body: Applied,
  seen: Seen,
): Promise<PolicyChange> {
  const text = canonicalJson(body.document)
  if (Buffer.byteLength(text) > limits.policyBytes)
    throw new Fault('policy_invalid', { message: `The policy has more than ${limits.policyBytes} bytes.` })
  const compiled = await compileGiven(body.document)
  const workspace = body.workspace == null ? null : await findWorkspace(core, actor.projectId, body.workspace)
  mayChange(actor, workspace?.id ?? null)
  return changeInTurn(core, actor.projectId, body.dry_run, async (writing) => {
    const { tx, now } = writing
    const before = await lockPolicy(tx, actor.projectId, name)
    const newest = before && (await selectNewestVersion(tx, before.id))
    if (seen !== undefined && seen !== (newest?.version ?? 'none')) throw movedOn(name, seen, before)
    if (before === undefined) await mustBeFree(writing, actor, workspace)
    else mustBeFor(before, workspace, body.workspace)
    await checkNames(tx, actor.projectId, body.document, now)
    const decides = before?.active == null ? undefined : await findVersion(tx, before, before.version ?? undefined)
    const differences = differencesOf(decides?.document ?? {}, body.document)
    if (before !== undefined && !body.draft && decides?.digest === sha256Hex(text))
      return {
        object: 'approval_policy_change',
        policy: presentPolicy(before),
        changed: false,
        differences: [],
        pending: [],
      }

    const id = before?.id ?? (await insertPolicy(writing, actor, name, workspace?.id ?? null))
    const version = (newest?.version ?? 0) + 1
    const number = await insertVersion(writing, actor, { id, version, document: body.document, text, note: body.note })
    const place = before?.workspace_id ?? workspace?.id ?? null
    if (body.draft) {
      await tx.updateTable('approval_policies').set({ draft: number, updated_at: now }).where('id', '=', id).execute()
      appendPolicy(writing, actor, 'policy.drafted', place, { name, version })
      return {
        object: 'approval_policy_change',
        policy: presentPolicy(await findPolicy(tx, actor.projectId, id)),
        changed: true,
        differences,
        pending: [],
      }
    }
    const about = { id, workspaceId: place, name, version, number, project: await selectSlug(tx, actor.projectId) }
    const pending = await letDecide(core, writing, actor, activePolicy(about, compiled), !body.dry_run)
    const policy = presentPolicy(await findPolicy(tx, actor.projectId, id))
    return { object: 'approval_policy_change', policy, changed: true, differences, pending }
  })
}

/**
 * The draft decides from now on.
 * @throws Fault policy_not_found when there is no draft, policy_conflict
 */
export async function activatePolicy(
  core: Changing,
  actor: Member,
  reference: string,
  { dry_run }: { dry_run: boolean },
  seen: Seen,
): Promise<PolicyChange> {
  const compiled = await findPolicy(core.store.db, actor.projectId, reference)
    .then((policy) => findVersion(core.store.db, policy, policy.draft_version ?? undefined))
    .then(async ({ number, document }) => ({ number, policy: await compileGiven(document) }))
  return changeInTurn(core, actor.projectId, dry_run, async (writing) => {
    const { tx, now } = writing
    const before = await lockPolicy(tx, actor.projectId, reference)
    if (before === undefined) throw unknownPolicy(reference)
    mayChange(actor, before.workspace_id)
    const { draft_version: version } = before
    if (version === null) throw new Fault('policy_not_found', { message: `The policy ${before.name} has no draft.` })
    if ((seen !== undefined && seen !== version) || before.draft !== compiled.number)
      throw movedOn(before.name, seen, before)
    const draft = await findVersion(tx, before, version)
    const decides = before.version === null ? undefined : await findVersion(tx, before, before.version)
    await checkNames(tx, actor.projectId, draft.document, now)
    const { id, name, workspace_id: workspaceId } = before
    await tx.updateTable('approval_policies').set({ draft: null }).where('id', '=', id).execute()
    const about = {
      id,
      workspaceId,
      name,
      version,
      number: draft.number,
      project: await selectSlug(tx, actor.projectId),
    }
    const pending = await letDecide(core, writing, actor, activePolicy(about, compiled.policy), !dry_run)
    return {
      object: 'approval_policy_change',
      policy: presentPolicy(await findPolicy(tx, actor.projectId, id)),
      changed: true,
      differences: differencesOf(decides?.document ?? {}, draft.document),
      pending,
    }
  })
}

/** What it decided is decided by the policy of the project from now on, or by none. */
export async function deletePolicy(
  core: Changing,
  actor: Member,
  reference: string,
  { dry_run }: { dry_run: boolean },
  seen: Seen,
): Promise<PolicyChange> {
  return changeInTurn(core, actor.projectId, dry_run, async (writing) => {
    const { tx, now } = writing
    const before = await lockPolicy(tx, actor.projectId, reference)
    if (before === undefined) throw unknownPolicy(reference)
    mayChange(actor, before.workspace_id)
    const newest = await selectNewestVersion(tx, before.id)
    if (seen !== undefined && seen !== newest?.version) throw movedOn(before.name, seen, before)
    await tx.updateTable('approval_policies').set({ deleted_at: now }).where('id', '=', before.id).execute()
    // An id that no workspace has: whatever decides where nothing of its own does.
    const instead = before.workspace_id === null ? defaultPolicy : core.policies.of(actor.projectId, '')
    const pending = before.active === null ? [] : await lookAgain(core, writing, actor, before, instead, !dry_run)
    appendPolicy(writing, actor, 'policy.deleted', before.workspace_id, { name: before.name, ...countsOf(pending) })
    return { object: 'approval_policy_change', policy: presentPolicy(before), changed: true, differences: [], pending }
  })
}

/** What was found out, and is not to be kept. */
class DryRun extends Error {
  readonly change: PolicyChange

  constructor(change: PolicyChange) {
    super('dry run')
    this.change = change
  }
}

/** In turn with all requests of the project. Before the next, the policies are read again. */
async function changeInTurn(
  core: Changing,
  projectId: string,
  dryRun: boolean,
  work: (writing: Writing) => Promise<PolicyChange>,
): Promise<PolicyChange> {
  try {
    return await approvalTurns.of(projectId)(async () => {
      const change = await write(core, async (writing) => {
        const done = await work(writing)
        if (dryRun) throw new DryRun(done)
        return done
      })
      await core.policies.reload(projectId)
      // Fewer calls may wait than were counted.
      core.dispatcher.wake(projectId)
      return change
    })
  } catch (error) {
    if (error instanceof DryRun) return error.change
    const constraint = uniqueViolation(error)
    if (constraint === undefined) throw error
    // Another router made it in the same moment.
    throw new Fault('policy_conflict', {
      param: 'workspace',
      message: 'Somebody made a policy for this place, or of this name, just now.',
    })
  }
}

/** Keys that are held to some workspaces change what holds there alone. */
function mayChange(actor: Member, workspaceId: string | null): void {
  requireWorkspace(actor, workspaceId ?? '')
}

function movedOn(name: string, seen: Seen, now: PolicyRow | undefined): Fault {
  const draft = now?.draft_version == null ? '' : `, and version ${now.draft_version} is its draft`
  const is = now === undefined ? 'There is no policy' : `Version ${now.newest_version} is the newest of the policy`
  const had = seen === 'none' ? ', and you have seen none' : seen === undefined ? '' : `, and you have seen ${seen}`
  return new Fault('policy_conflict', { param: 'If-Match', message: `${is} ${name}${draft}${had}.` })
}

/** A place has one policy. @throws Fault policy_conflict */
async function mustBeFree(
  { tx }: Writing,
  { projectId }: Member,
  workspace: { id: string; name: string } | null,
): Promise<void> {
  const there = await selectPolicyAt(tx, projectId, workspace?.id ?? null)
  if (there === undefined) return
  const place = workspace === null ? 'The whole project' : `The workspace ${workspace.name}`
  throw new Fault('policy_conflict', { param: 'workspace', message: `${place} has the policy ${there.name} already.` })
}

function mustBeFor(policy: PolicyRow, workspace: { id: string } | null, asked: string | null | undefined): void {
  if (asked === undefined || (workspace?.id ?? null) === policy.workspace_id) return
  const place = policy.workspace_name === null ? 'the whole project' : `the workspace ${policy.workspace_name}`
  throw new Fault('policy_invalid', { param: 'workspace', message: `The policy ${policy.name} is for ${place}.` })
}

async function insertPolicy({ tx, now }: Writing, actor: Member, name: string, workspaceId: string | null) {
  const id = newId('pol', now.getTime())
  const who = { project_id: actor.projectId, workspace_id: workspaceId, created_by: actor.id }
  await tx
    .insertInto('approval_policies')
    .values({ id, name, ...who, created_at: now, updated_at: now })
    .execute()
  return id
}

async function insertVersion(
  { tx, now }: Writing,
  actor: Member,
  given: { id: string; version: number; document: PolicyDocument; text: string; note: string | undefined },
): Promise<number> {
  const { number } = await tx
    .insertInto('approval_policy_versions')
    .values({
      policy_id: given.id,
      project_id: actor.projectId,
      version: given.version,
      document: JSON.stringify(given.document),
      digest: sha256Hex(given.text),
      note: given.note ?? null,
      created_by: actor.id,
      created_at: now,
    })
    .returning('number')
    .executeTakeFirstOrThrow()
  return number
}

async function letDecide(
  core: Changing,
  writing: Writing,
  actor: Member,
  policy: ActivePolicy & { id: string | null },
  apply: boolean,
): Promise<PendingOutcome[]> {
  const { tx, now } = writing
  const { id, name, version, workspaceId } = policy
  await tx
    .updateTable('approval_policies')
    .set({ active: policy.number, updated_at: now })
    .where('id', '=', id)
    .execute()
  const pending = await lookAgain(core, writing, actor, { id: id ?? '', workspace_id: workspaceId }, policy, apply)
  appendPolicy(writing, actor, 'policy.activated', workspaceId, { name, version, ...countsOf(pending) })
  return pending
}

/** At what waits in the workspaces that this policy decides for. */
function lookAgain(
  core: Changing,
  writing: Writing,
  actor: Member,
  policy: Pick<PolicyRow, 'id' | 'workspace_id'>,
  next: ActivePolicy,
  apply: boolean,
): Promise<PendingOutcome[]> {
  const { projectId } = actor
  const policyOf = (workspaceId: string) => {
    const own = core.policies.of(projectId, workspaceId).workspaceId !== null
    return policy.workspace_id === null && own ? undefined : next
  }
  const workspaces = policy.workspace_id === null ? null : [policy.workspace_id]
  return revalidate(core, writing, projectId, workspaces, policyOf, actor, apply)
}

function countsOf(pending: readonly PendingOutcome[]) {
  const of = (outcome: PendingOutcome['outcome']) => pending.filter((one) => one.outcome === outcome).length
  return { asked_again: of('asked_again'), refused: of('refused') }
}

function appendPolicy(
  { append }: Writing,
  actor: Member,
  kind: 'policy.drafted' | 'policy.activated' | 'policy.deleted',
  workspaceId: string | null,
  data: Record<string, unknown>,
): void {
  append({
    project_id: actor.projectId,
    kind,
    actor,
    ...(workspaceId === null ? {} : { workspace_id: workspaceId }),
    data,
  })
}
