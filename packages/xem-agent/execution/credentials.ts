// Which credential file a call uses: a plain name inside the credentials folder, and nothing that leads out of it.
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import type { CredentialRules } from '../tool.ts'

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * The file's real path, or undefined when the tool uses none or the host's own credentials serve. What the binding
 * names wins over what the tool says; a name without `{workspace}` must exist. Looked up at each call, so a replaced
 * file counts from the next call on.
 * @throws Fault `credentials_missing`
 */
export function credentialsFileFor(
  rules: CredentialRules,
  workspace: Pick<Binding, 'workspace' | 'credentials_ref'>,
  folder: string,
): string | undefined {
  if (!rules.used) return undefined
  if (workspace.credentials_ref !== null) return existing(workspace.credentials_ref, folder)
  if (rules.ref === undefined) return undefined
  const name = rules.ref.replaceAll('{workspace}', workspace.workspace)
  return name === rules.ref || isThere(join(folder, name)) ? existing(name, folder) : undefined
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function existing(name: string, folder: string): string {
  const missing = (reason: string) =>
    new Fault('credentials_missing', { message: `The credential file "${name}" ${reason}.` })
  if (!plainName.test(name)) throw missing('is no plain file name')
  let file: string
  try {
    file = realpathSync(join(folder, name))
    if (!file.startsWith(realpathSync(folder) + sep)) throw missing('leads out of the credentials folder')
    if (!statSync(file).isFile()) throw missing('is no file')
    accessSync(file, constants.R_OK)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw missing((error as NodeJS.ErrnoException).code === 'EACCES' ? 'cannot be read by the agent' : 'is not there')
  }
  return file
}
