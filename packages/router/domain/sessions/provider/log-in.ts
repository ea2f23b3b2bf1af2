// Somebody comes back from the identity provider. They are who it knew before by the same subject;
// else the one whom this router knows by an address that the provider has verified.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectProviderAccount } from '../../../store/provider-accounts.ts'
import { selectMemberships } from '../../../store/sessions.ts'
import { personActor } from '../../actor.ts'
import { type Writing, write } from '../../events/write.ts'
import { emailKey } from '../../people/email.ts'
import { findUserByEmail } from '../../people/find.ts'
import { acceptInvitationsOf } from '../../people/invitations/accept.ts'
import type { Records } from '../../records.ts'
import { type Browser, open } from '../open.ts'
import type { Sealing } from '../second-factor.ts'
import type { SessionWatch } from '../watch.ts'
import type { Claims, IdentityProvider } from './client.ts'
import { loginHash, newLoginSecret, secretsOf } from './secrets.ts'

type Core = Records & Sealing & { sessions: SessionWatch }

/** @returns where the browser goes, and what it holds meanwhile */
export async function beginAtProvider(
  core: Core,
  provider: IdentityProvider,
  again: boolean,
): Promise<{ url: string; secret: string }> {
  const secret = newLoginSecret()
  const url = await provider.wayIn(secretsOf(secret), again)
  await write(core, async ({ tx, now }) => {
    const expires_at = new Date(now.getTime() + limits.providerLoginSeconds * 1000)
    await tx
      .insertInto('provider_logins')
      .values({ hash: loginHash(secret), expires_at })
      .execute()
  })
  return { url, secret }
}

/**
 * @param query with which the browser came back
 * @param secret that it held; it is good once, whatever comes of it
 * @throws Fault provider_refused, provider_unavailable
 */
export async function openByProvider(
  core: Core,
  provider: IdentityProvider,
  { query, secret }: { query: string; secret: string },
  browser: Browser,
): Promise<string> {
  const isOnItsWay = await write(core, async ({ tx, now }) => {
    const { numDeletedRows } = await tx
      .deleteFrom('provider_logins')
      .where('hash', '=', loginHash(secret))
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return numDeletedRows === 1n
  })
  if (!isOnItsWay) throw new Fault('provider_refused', { message: 'This login was begun elsewhere, used, or is over.' })
  const claims = await provider.claimsOf(query, secretsOf(secret))
  mustBeAdmitted(claims, provider)
  return write(core, async (writing) => {
    const user_id = await personOf(writing, claims)
    const [project] = await selectMemberships(writing.tx, user_id)
    if (project === undefined) throw nobody(claims)
    return open(core, writing, { user_id, project_id: project.id, key_id: null, methods: ['provider'] }, browser)
  })
}

/** @throws Fault provider_refused */
function mustBeAdmitted({ email, groups }: Claims, { options }: IdentityProvider): void {
  const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (options.domains !== undefined && (domain === undefined || !options.domains.includes(domain)))
    throw new Fault('provider_refused', { message: 'Your address is of no domain that may log in here.' })
  if (options.groups !== undefined && !groups.some((group) => options.groups?.includes(group)))
    throw new Fault('provider_refused', { message: 'You are in no group that may log in here.' })
}

async function personOf(writing: Writing, claims: Claims): Promise<string> {
  const { tx, now, append } = writing
  const { issuer, subject, email, emailVerified, name } = claims
  const known = await selectProviderAccount(tx, { issuer, subject })
  if (known !== undefined) return known.user_id
  // Anybody may claim an address that nobody has verified.
  if (email === undefined || !emailVerified)
    throw new Fault('provider_refused', { message: 'The provider has not verified your e-mail address.' })
  const invitations = await acceptInvitationsOf(writing, emailKey(email), name ?? email)
  const user = await findUserByEmail(tx, email)
  const [project] = user === undefined ? [] : await selectMemberships(tx, user.id)
  if (user === undefined || project === undefined) throw nobody(claims)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('provider_accounts')
    .values({ issuer, subject, user_id: user.id, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n)
    throw new Fault('provider_refused', { message: 'This address belongs to another account of the provider.' })
  const actor = personActor(user, { projectId: project.id, door: 'dashboard', scopes: [], workspaces: null, key: null })
  const data = { user_id: user.id, issuer, invitations }
  append({ project_id: project.id, kind: 'provider_account.linked', actor, data })
  return user.id
}

const nobody = ({ email }: Claims) =>
  new Fault('provider_refused', {
    message: `Nobody here has the address ${JSON.stringify(email ?? '')}: ask an owner to invite it.`,
  })
