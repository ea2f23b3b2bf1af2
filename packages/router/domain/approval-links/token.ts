// What stands in the URL of a one-time link: the id of its row, and an HMAC over what the row says.
import { createHmac } from 'node:crypto'
import { sameSecret } from '@xerotier/runtime/digest.ts'
import type { ApprovalLinkRow } from '../../store/tables.ts'

type Bound = Pick<ApprovalLinkRow, 'id' | 'project_id' | 'approval_id' | 'user_id' | 'digest' | 'expires_at'>

export function linkToken(secret: string, link: Bound): string {
  return `${link.id}.${signatureOf(secret, link)}`
}

/** The id of a token that has the form of one; its signature is still to be checked. */
export function linkIdOf(token: string): string | undefined {
  return /^(lnk_[0-9a-f]{24})\.[A-Za-z0-9_-]{43}$/.exec(token)?.[1]
}

export function isLinkToken(secret: string, token: string, link: Bound): boolean {
  return sameSecret(token, linkToken(secret, link))
}

function signatureOf(secret: string, link: Bound): string {
  const { id, project_id, approval_id, user_id, digest, expires_at } = link
  const said = ['xem-approval-link-v1', id, project_id, approval_id, user_id, digest, expires_at.toISOString()]
  return createHmac('sha256', secret).update(said.join('\n')).digest('base64url')
}
