import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database, Tx } from '../../store/database.ts'
import { type MemberRow, selectMember } from '../../store/members.ts'
import { selectUserByEmail, type UserRow } from '../../store/people.ts'
import { emailKey } from './email.ts'

/** Whoever has this address, in any project or none. */
export function findUserByEmail(db: Database | Tx, email: string): Promise<UserRow | undefined> {
  return selectUserByEmail(db, emailKey(email))
}

/**
 * The member of that id or e-mail.
 * @param param the field that named them
 * @throws Fault member_not_found, for somebody of another project too
 */
export async function findMember(
  db: Database | Tx,
  projectId: string,
  reference: string,
  param?: string,
): Promise<MemberRow> {
  const row = await selectMember(db, projectId, reference.includes('@') ? emailKey(reference) : reference)
  if (row !== undefined) return row
  throw new Fault('member_not_found', {
    message: `There is no member ${JSON.stringify(reference)} in this project.`,
    ...(param === undefined ? {} : { param }),
  })
}
