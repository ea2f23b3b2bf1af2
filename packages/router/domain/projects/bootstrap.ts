// The first start makes a project, and an API key in a file that only the operator reads. A later
// start makes another key where that one is lost.

import { scopes } from '@xerotier/protocol/api/scopes.ts'
import { apiKeyPattern, slugSchema } from '@xerotier/protocol/ids.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { selectApiKeyByHash } from '../../store/api-keys.ts'
import type { Tx } from '../../store/database.ts'
import { lockProjects } from '../../store/projects.ts'
import { router } from '../actor.ts'
import { createKeyring } from '../api-keys/keyring.ts'
import { type ApiKeyValue, apiKeyValueOf, newApiKeyValue } from '../api-keys/value.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'

export interface BootstrapOptions {
  slug: string
  /** Where the key's value is kept, 0600. */
  keyFile: string
  allowSelfApproval: boolean
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
      else await replaceLostKey(core, writing, options.keyFile, ours)
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
        created_at: now,
      })
      .execute()
    append({ project_id, kind: 'project.created', actor: router, data: { slug } })
    await insertKey(writing, project_id, secret)
    core.log.notice({ project_id, slug, key_file: options.keyFile }, 'project created; its API key is in the file')
    return project_id
  })
}

async function insertKey(
  { tx, now, append }: Writing,
  project_id: string,
  { prefix, hash }: ApiKeyValue,
): Promise<string> {
  const id = newId('key', now.getTime())
  const name = 'bootstrap'
  await tx
    .insertInto('api_keys')
    .values({ id, project_id, name, prefix, hash, scopes: [...scopes], created_at: now })
    .execute()
  append({ project_id, kind: 'api_key.created', actor: router, data: { api_key_id: id, name } })
  return id
}

/**
 * Who writes the file owns the router, and gets a new key: nobody without one could make another. A
 * value that the database does not know is never taken over. It may be an old one of a key that was
 * rotated because it leaked.
 */
async function replaceLostKey(
  core: Records,
  writing: Writing,
  keyFile: string,
  { id: project_id, slug }: { id: string; slug: string },
): Promise<void> {
  try {
    const why = await lossOf(core, writing.tx, keyFile, project_id)
    if (why === undefined) return
    const secret = newApiKeyValue(slug)
    writeSecretFile(keyFile, `${secret.value}\n`)
    const api_key_id = await insertKey(writing, project_id, secret)
    core.log.notice(
      { project_id, slug, api_key_id, key_file: keyFile, before: why },
      `the API key in the file is ${why}; a new one with every scope is there now`,
    )
  } catch (error) {
    // Others may have keys: no reason not to start.
    core.log.warning({ project_id, key_file: keyFile, error }, 'the file of the first API key cannot be used')
  }
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
