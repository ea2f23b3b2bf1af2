// The first start makes a project with its first owner, and an API key of theirs in a file that
// only the operator reads. A later start makes another key where that one is lost.

import { retentionDefaults } from '@xerotier/protocol/api/retention.ts'
import { scopes } from '@xerotier/protocol/api/scopes.ts'
import { apiKeyPattern, slugSchema } from '@xerotier/protocol/ids.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { selectApiKeyByHash } from '../../store/api-keys.ts'
import type { Tx } from '../../store/database.ts'
import { selectActiveRole } from '../../store/people.ts'
import { lockProjects } from '../../store/projects.ts'
import { router } from '../actor.ts'
import { createKeyring } from '../api-keys/keyring.ts'
import { type ApiKeyValue, apiKeyValueOf, newApiKeyValue } from '../api-keys/value.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { findUserByEmail } from '../people/find.ts'
import { newUser } from '../people/new-user.ts'
import type { Records } from '../records.ts'

export interface BootstrapOptions {
  slug: string
  /** Where the key's value is kept, 0600. */
  keyFile: string
  allowSelfApproval: boolean
  /** E-mail of the first owner. */
  owner: string
}

/**
 * Makes a project with a key of all scopes on a database that has none. The file is written before
 * the row is committed, and used again when it is there already: a crash between the two heals at
 * the next start. Where the project is there and its file has no valid key, the file gets a new
 * one.
 * @returns the new project's id, or undefined when there was a project
 */
export async function bootstrapProject(core: Records, options: BootstrapOptions): Promise<string | undefined> {
  const slug = slugSchema.parse(options.slug)
  return write(core, async (writing) => {
    const { tx, now, append } = writing
    // Two routers on one new database make one project.
    const known = await lockProjects(tx)
    if (known.length > 0) {
      const ours = known.find((project) => project.slug === slug)
      if (ours === undefined) core.log.warning({ slug }, 'the database has other projects; this one is not made')
      else await replaceLostKey(core, writing, options, ours)
      return undefined
    }

    const secret = keyOf(options.keyFile, slug)
    const project_id = newId('proj', now.getTime())
    await tx
      .insertInto('projects')
      .values({
        id: project_id,
        slug,
        name: slug,
        allow_self_approval: options.allowSelfApproval,
        ...retentionDefaults,
        created_at: now,
      })
      .execute()
    append({ project_id, kind: 'project.created', actor: router, data: { slug } })
    const owner = await insertOwner(writing, project_id, options.owner)
    await insertKey(writing, project_id, secret, owner)
    core.log.notice(
      { project_id, slug, owner: options.owner, key_file: options.keyFile },
      'project created; its API key is in the file',
    )
    return project_id
  })
}

/** The first person of an installation is its admin too. */
async function insertOwner({ tx, now, append }: Writing, project_id: string, email: string): Promise<string> {
  const user = newUser(email, email.slice(0, email.lastIndexOf('@')), now)
  const { id, name } = user
  const role = 'owner'
  await tx
    .insertInto('users')
    .values({ ...user, system_role: 'admin' })
    .execute()
  await tx
    .insertInto('project_members')
    .values({ project_id, user_id: id, role, added_by: router.id, added_at: now })
    .execute()
  append({ project_id, kind: 'user.created', actor: router, data: { user_id: id, email, name, system_role: 'admin' } })
  append({ project_id, kind: 'member.added', actor: router, data: { user_id: id, email, role } })
  return id
}

/** @param user_id whose it is; null for a service key */
async function insertKey(
  { tx, now, append }: Writing,
  project_id: string,
  { prefix, hash }: ApiKeyValue,
  user_id: string | null,
): Promise<string> {
  const id = newId('key', now.getTime())
  const name = 'bootstrap'
  await tx
    .insertInto('api_keys')
    .values({ id, project_id, name, prefix, hash, user_id, scopes: [...scopes], created_at: now })
    .execute()
  append({ project_id, kind: 'api_key.created', actor: router, data: { api_key_id: id, name, user_id } })
  return id
}

/**
 * Who writes the file owns the router, and gets a new key: nobody without one could make another.
 * It is one of the first owner while they own the project, and else a service key. A
 * value that the database does not know is never taken over. It may be an old one of a key that was
 * rotated because it leaked.
 */
async function replaceLostKey(
  core: Records,
  writing: Writing,
  { keyFile, owner }: BootstrapOptions,
  { id: project_id, slug }: { id: string; slug: string },
): Promise<void> {
  try {
    const why = await lossOf(core, writing.tx, keyFile, project_id)
    if (why === undefined) return
    const secret = newApiKeyValue(slug)
    writeSecretFile(keyFile, `${secret.value}\n`)
    const api_key_id = await insertKey(writing, project_id, secret, await stillOwner(writing.tx, project_id, owner))
    core.log.notice(
      { project_id, slug, api_key_id, key_file: keyFile, before: why },
      `the API key in the file is ${why}; a new one with every scope is there now`,
    )
  } catch (error) {
    // Others may have keys: no reason not to start.
    core.log.warning({ project_id, key_file: keyFile, error }, 'the file of the first API key cannot be used')
  }
}

async function stillOwner(tx: Tx, projectId: string, email: string): Promise<string | null> {
  const user = await findUserByEmail(tx, email)
  if (user === undefined || (await selectActiveRole(tx, projectId, user.id)) !== 'owner') return null
  return user.id
}

async function lossOf({ clock }: Pick<Records, 'clock'>, tx: Tx, keyFile: string, projectId: string) {
  const value = readSecretFile(keyFile)?.trim()
  if (value === undefined) return 'missing'
  if ((await createKeyring(tx, clock).find(value))?.actor.projectId === projectId) return undefined
  const row = await selectApiKeyByHash(tx, apiKeyValueOf(value).hash)
  if (row === undefined || row.project_id !== projectId) return 'not of this project'
  return row.revoked_at === null ? 'expired' : 'revoked'
}

function keyOf(path: string, slug: string) {
  const left = readSecretFile(path)?.trim()
  if (left !== undefined && apiKeyPattern.exec(left)?.[1] === slug) return apiKeyValueOf(left)
  const secret = newApiKeyValue(slug)
  writeSecretFile(path, `${secret.value}\n`)
  return secret
}
