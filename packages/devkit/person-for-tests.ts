// A person of a project with an API key of their own, made behind the API's back.
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { ProjectRole } from '@xerotier/protocol/roles.ts'
import { newApiKeyValue } from '@xerotier/router/domain/api-keys/value.ts'
import { newId } from '@xerotier/router/domain/ids.ts'
import { emailKey } from '@xerotier/router/domain/people/email.ts'
import type { Records } from '@xerotier/router/domain/records.ts'
import { selectSlug } from '@xerotier/router/store/projects.ts'

export interface PersonForTests {
  id: string
  email: string
  keyId: string
  /** The value of the key. */
  key: string
}

export async function personForTests(
  { store: { db }, clock }: Pick<Records, 'store' | 'clock'>,
  projectId: string,
  name: string,
  { role = 'member', scopes = ['execution'] }: { role?: ProjectRole; scopes?: Scope[] } = {},
): Promise<PersonForTests> {
  const now = new Date(clock.now())
  const [id, keyId] = [newId('usr', now.getTime()), newId('key', now.getTime())]
  const email = `${name}@example.com`
  const secret = newApiKeyValue(await selectSlug(db, projectId))
  await db
    .insertInto('users')
    .values({ id, email, email_key: emailKey(email), name, system_role: null, created_at: now, updated_at: now })
    .execute()
  const member = { project_id: projectId, user_id: id, role, added_by: 'router', added_at: now }
  await db.insertInto('project_members').values(member).execute()
  await db
    .insertInto('api_keys')
    .values({
      id: keyId,
      project_id: projectId,
      name: `${name}-key`,
      prefix: secret.prefix,
      hash: secret.hash,
      scopes,
      user_id: id,
      created_by: id,
      created_at: now,
    })
    .execute()
  return { id, email, keyId, key: secret.value }
}
