import { limits } from '@xerotier/protocol/limits.ts'
import { selectUsableLink } from '../../store/approval-links.ts'
import { selectNamedApprovals } from '../../store/approvals.ts'
import { selectPerson } from '../../store/people.ts'
import type { ApprovalLinkRow, ApprovalRow, DeliveryRow } from '../../store/tables.ts'
import { type Actor, router } from '../actor.ts'
import { asOf } from '../approvals/present.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { hindranceOf } from './bearer.ts'
import { linkToken } from './token.ts'

export interface LinkOptions {
  secret: string
  /** Base URL under which people reach the router. */
  publicUrl: string
}

/** The link that a person has of an approval already, or a new one. */
export async function linkOf(
  { tx, now, append }: Writing,
  approval: ApprovalRow,
  userId: string,
  actor: Actor,
): Promise<ApprovalLinkRow> {
  const known = await selectUsableLink(tx, { approvalId: approval.id, userId, now })
  if (known?.digest === approval.digest) return known
  const latest = now.getTime() + limits.approvalLinkHours * 3_600_000
  const link = await tx
    .insertInto('approval_links')
    .values({
      id: newId('lnk', now.getTime()),
      project_id: approval.project_id,
      approval_id: approval.id,
      user_id: userId,
      digest: approval.digest,
      created_by: actor.id,
      created_at: now,
      expires_at: new Date(Math.min(latest, approval.expires_at.getTime())),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  append({
    project_id: approval.project_id,
    kind: 'approval_link.created',
    actor,
    approval_id: approval.id,
    data: { approval_link_id: link.id, user_id: userId },
  })
  return link
}

function linkUrl({ secret, publicUrl }: LinkOptions, link: ApprovalLinkRow): string {
  return `${publicUrl}/ops/approval/${link.approval_id}?token=${linkToken(secret, link)}`
}

/**
 * The URL for the mail to one person; undefined for who is none or could not decide, and where
 * nothing is to be decided any more.
 */
export async function linkForMail(
  core: Records,
  options: LinkOptions,
  approvalId: string,
  { project_id, recipient }: DeliveryRow,
): Promise<string | undefined> {
  if (recipient === null) return undefined
  return write(core, async (writing) => {
    const [approval] = await selectNamedApprovals(writing.tx, [approvalId])
    const person = await selectPerson(writing.tx, project_id, recipient)
    if (approval === undefined || person?.active !== true) return undefined
    if (asOf(approval, writing.now.getTime()).state !== 'pending') return undefined
    // Who is told of a stage need not be among those who decide it.
    if ((await hindranceOf(writing, approval, person)) !== undefined) return undefined
    return linkUrl(options, await linkOf(writing, approval, recipient, router))
  })
}
