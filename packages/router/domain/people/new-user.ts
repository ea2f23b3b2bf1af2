import type { UserRow } from '../../store/people.ts'
import { newId } from '../ids.ts'
import { emailKey } from './email.ts'

/** Somebody whom the router did not know. */
export function newUser(email: string, name: string, now: Date): UserRow {
  const made = { active: true, system_role: null, created_at: now, updated_at: now }
  return { id: newId('usr', now.getTime()), email, email_key: emailKey(email), name, ...made }
}
