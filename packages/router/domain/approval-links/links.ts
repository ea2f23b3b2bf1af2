// What can be done with one-time links besides using them. No answer holds a URL: whoever had it
// could vote as its person.
import type { ApprovalLink, approvalLinkCreateSchema } from '@xerotier/protocol/api/approval-links.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { selectLinks, selectNamedLink } from '../../store/approval-links.ts'
import { selectNamedApproval } from '../../store/approvals.ts'
import { selectPeople } from '../../store/people.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { Member, Person } from '../actor.ts'
import { asOf } from '../approvals/present.ts'
import { enqueue } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { writeBody } from '../notifications/message-body.ts'
import { addressedTo, personRecipient } from '../notifications/recipient.ts'
import { idCursor, isUuid, type Page, toPage } from '../page.ts'
import { emailKey } from '../people/email.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { hindranceOf } from './bearer.ts'
import { linkOf } from './mint.ts'
import { presentLink } from './present.ts'

/** Newest first. @throws Fault invalid_request */
export async function listLinks(
  core: Records,
  actor: Member,
  query: { limit: number; after?: string | undefined; approval?: string | undefined },
): Promise<Page<ApprovalLink>> {
  if (query.approval !== undefined && !isUuid(query.approval)) {
    throw new Fault('invalid_request', { message: 'approval: must be the id of an approval', param: 'approval' })
  }
  const page = { limit: query.limit, after: idCursor('lnk', query.after), approvalId: query.approval }
  const rows = await selectLinks(core.store.db, actor.projectId, page)
  const now = core.clock.now()
  return toPage(
    rows,
    query.limit,
    (row) => presentLink(row, { now }),
    ({ id }) => id,
  )
}

/**
 * Mails a link to a member of the project.
 * @throws Fault approval_not_found, approval_already_decided, invalid_body, links_disabled
 */
export async function createLink(
  core: Records & { outbox: Outbox; settings: Pick<Settings, 'mail' | 'links'> },
  actor: Member,
  body: z.output<typeof approvalLinkCreateSchema>,
): Promise<ApprovalLink> {
  if (!core.settings.links || !core.settings.mail) throw new Fault('links_disabled')
  const { projectId } = actor
  const approval = await selectNamedApproval(core.store.db, projectId, body.approval)
  if (approval === undefined) throw new Fault('approval_not_found')
  const { state } = asOf(approval, core.clock.now())
  if (state !== 'pending') {
    throw new Fault('approval_already_decided', { message: `The approval is already ${state}.` })
  }
  const person = await findPerson(core, projectId, body.user)
  const row = await write(core, async (writing) => {
    const { now } = writing
    await mustHaveUse(writing, approval, person)
    const link = await linkOf(writing, approval, person.id, actor)
    const message = writeBody({ say: 'asked', approval: approval.id, stage: 0 })
    const event = { eventId: newId('evt', now.getTime()), type: 'approval_link.created', approvalId: approval.id }
    await enqueue(writing, [{ ...addressedTo(personRecipient(projectId, person.id, null)), ...event, body: message }])
    writing.after(() => core.outbox.wake())
    return {
      ...link,
      user_email: person.email,
      user_name: person.name,
      tool: approval.tool,
      approval_state: approval.state,
    }
  })
  return presentLink(row, { now: core.clock.now() })
}

/** @throws Fault approval_link_not_found, illegal_transition for one that was used */
export async function revokeLink(core: Records, actor: Member, id: string): Promise<ApprovalLink> {
  const row = await write(core, async ({ tx, append, now }) => {
    const known = await selectNamedLink(tx, actor.projectId, id)
    if (known === undefined) throw new Fault('approval_link_not_found')
    if (known.revoked_at !== null) return known
    const { numUpdatedRows } = await tx
      .updateTable('approval_links')
      .set({ revoked_at: now, revoked_by: actor.id })
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw new Fault('illegal_transition', { message: 'The link was used.' })
    append({
      project_id: actor.projectId,
      kind: 'approval_link.revoked',
      actor,
      approval_id: known.approval_id,
      data: { approval_link_id: id, user_id: known.user_id },
    })
    return { ...known, revoked_at: now }
  })
  return presentLink(row, { now: core.clock.now() })
}

async function mustHaveUse(writing: Writing, approval: ApprovalRow, person: Person): Promise<void> {
  const hindrance = await hindranceOf(writing, approval, person)
  if (hindrance === undefined) return
  const message = `user: ${person.email} could not approve it with a link. ${hindrance.message}`
  throw new Fault('invalid_body', { param: 'user', message })
}

async function findPerson(core: Records, projectId: string, reference: string) {
  const key = reference.includes('@') ? emailKey(reference) : undefined
  const people = await selectPeople(core.store.db, projectId)
  const person = people.find(({ id, email }) => id === reference || (key !== undefined && emailKey(email) === key))
  if (person?.active === true) return person
  throw new Fault('invalid_body', { param: 'user', message: 'user: is no active member of the project' })
}
