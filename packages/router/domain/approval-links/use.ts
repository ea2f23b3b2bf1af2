// Using a one-time link. Reading what it shows changes nothing. A decision counts as the vote of
// its person, and takes the link in the same transaction.
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectLink } from '../../store/approval-links.ts'
import { selectNamedApproval } from '../../store/approvals.ts'
import { selectPerson } from '../../store/people.ts'
import type { ApprovalLinkRow } from '../../store/tables.ts'
import type { PersonActor } from '../actor.ts'
import { decideApproval } from '../approvals/decide.ts'
import { presentNamed } from '../approvals/list.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { bearer } from './bearer.ts'
import type { LinkOptions } from './mint.ts'
import { linkState } from './present.ts'
import { isLinkToken, linkIdOf } from './token.ts'

export type Shown =
  /** Tampered with, of another approval, revoked, or of somebody who is no member any more. */
  | { as: 'invalid' }
  | { as: 'expired' }
  /** Nothing is to be decided with it: it was used, or the approval is over. */
  | { as: 'over'; approval: Approval; link: ApprovalLinkRow; person: string }
  | { as: 'open'; approval: Approval; link: ApprovalLinkRow; person: string; actor: PersonActor }

type Showing = Records & FleetView

export async function showLink(
  core: Showing,
  { secret }: Pick<LinkOptions, 'secret'>,
  approvalId: string,
  token: string,
): Promise<Shown> {
  const id = linkIdOf(token)
  const link = id === undefined ? undefined : await selectLink(core.store.db, id)
  if (link === undefined || !isLinkToken(secret, token, link)) return { as: 'invalid' }
  if (link.approval_id !== approvalId) return { as: 'invalid' }
  const [row, person] = await Promise.all([
    selectNamedApproval(core.store.db, link.project_id, approvalId),
    selectPerson(core.store.db, link.project_id, link.user_id),
  ])
  if (row === undefined || person?.active !== true) return { as: 'invalid' }
  const state = linkState(link, core.clock.now())
  if (state === 'revoked') return { as: 'invalid' }
  const [approval] = await presentNamed(core, core.store.db, [row])
  if (approval === undefined) return { as: 'invalid' }
  if (state === 'used' || (approval.state !== 'pending' && approval.state !== 'expired')) {
    return { as: 'over', approval, link, person: person.name }
  }
  if (state === 'expired' || approval.state === 'expired') return { as: 'expired' }
  if (approval.digest !== link.digest) return { as: 'invalid' }
  const actor = bearer(link.project_id, person)
  return { as: 'open', approval, link, person: person.name, actor }
}

/** @throws Fault as `decideApproval` does; illegal_transition when the link was taken meanwhile */
export async function decideWithLink(
  core: Showing & Parameters<typeof decideApproval>[0],
  { link, actor }: Extract<Shown, { as: 'open' }>,
  decision: 'approve' | 'reject',
  body: { note?: string; confirm?: string },
): Promise<Approval> {
  return decideApproval(
    core,
    actor,
    link.approval_id,
    decision,
    { ...body, digest: link.digest },
    {
      claim: async ({ tx, now }) => {
        const { numUpdatedRows } = await tx
          .updateTable('approval_links')
          .set({ used_at: now, decision })
          .where('id', '=', link.id)
          .where('used_at', 'is', null)
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', now)
          .executeTakeFirstOrThrow()
        if (numUpdatedRows === 0n) throw new Fault('illegal_transition', { message: 'The link was used.' })
      },
    },
  )
}
