// The first start: a project, and an API key in a file that only the operator reads.
import { scopes } from '@xerotier/protocol/api/scopes.ts'
import { apiKeyPattern, slugSchema } from '@xerotier/protocol/ids.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { appendEvents } from '../../store/events.ts'
import { apiKeyValueOf, newApiKeyValue } from '../api-keys/value.ts'
import type { Core } from '../core.ts'
import { newId } from '../ids.ts'

export interface BootstrapOptions {
  slug: string
  /** Where the key's value is kept, 0600. */
  keyFile: string
  allowSelfApproval: boolean
}

/** Any constant will do; this one is ours. Two routers on one new database make one project. */
const lockId = 7_237_002

/**
 * On a database without projects, makes one with a key of all scopes. The file is written before the row is committed
 * and used again when it is there already, so that a crash between the two heals at the next start.
 * @returns the new project's id, or undefined when there was a project
 */
export async function bootstrapProject(
  core: Pick<Core, 'store' | 'clock' | 'log'>,
  options: BootstrapOptions,
): Promise<string | undefined> {
  const slug = slugSchema.parse(options.slug)
  return core.store.db.transaction().execute(async (tx) => {
    await tx.selectNoFrom((make) => make.fn('pg_advisory_xact_lock', [make.val(lockId)]).as('lock')).execute()
    const known = await tx.selectFrom('projects').select('id').limit(1).executeTakeFirst()
    if (known !== undefined) return undefined

    const now = new Date(core.clock.now())
    const secret = keyOf(options.keyFile, slug)
    const project_id = newId('proj', now.getTime())
    const keyId = newId('key', now.getTime())
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
    await tx
      .insertInto('api_keys')
      .values({
        id: keyId,
        project_id,
        name: 'bootstrap',
        prefix: secret.prefix,
        hash: secret.hash,
        scopes: [...scopes],
        created_at: now,
      })
      .execute()
    await appendEvents(tx, [
      { at: now, project_id, kind: 'project.created', actor: 'router', data: { slug } },
      { at: now, project_id, kind: 'api_key.created', actor: 'router', data: { api_key_id: keyId, name: 'bootstrap' } },
    ])
    core.log.notice({ project_id, slug, key_file: options.keyFile }, 'project created; its API key is in the file')
    return project_id
  })
}

function keyOf(path: string, slug: string) {
  const left = readSecretFile(path)?.trim()
  if (left !== undefined && apiKeyPattern.exec(left)?.[1] === slug) return apiKeyValueOf(left)
  const secret = newApiKeyValue(slug)
  writeSecretFile(path, `${secret.value}\n`)
  return secret
}
