// Which credential file a call uses: a plain name inside the credentials folder, and nothing that
// leads out of it.
import { accessSync, constants, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import type { CredentialRules } from '../tool.ts'

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * Made at the first start of an agent only: later its absence means that files are missing, and an
 * empty one would hide that.
 */
export function readyCredentialsFolder(folder: string, firstStart: boolean, log: Log): void {
  try {
    if (firstStart) makeFolder(folder, 0o700)
  } catch {
    // It is said below.
  }
  if (!isFolder(folder)) {
    log.warning(
      { path: folder },
      'the credentials folder is not there; calls that look into it fail until it is, empty or not',
    )
  }
}

/** All that is in it. */
export function credentialFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

/**
 * The file's real path, or undefined when the tool uses none, or says that it can do without. What
 * the binding names wins over what the tool says. Looked up at each call, so a replaced file counts
 * from the next call on.
 * @param workspace undefined for what is of no call, such as to list the tools of a server: a file
 * of a workspace is none then
 * @throws Fault `credentials_missing`
 */
export function credentialsFileFor(
  rules: CredentialRules,
  workspace: Pick<Binding, 'workspace' | 'credentials_ref'> | undefined,
  folder: string,
): string | undefined {
  const name = credentialsName(rules, workspace)
  if (name === undefined) return undefined
  const isOfBinding = name === workspace?.credentials_ref
  return rules.optional && !isOfBinding && isNowhere(name, folder) ? undefined : existing(name, folder)
}

/** The name of the file that a call uses, whether or not it is there. */
function credentialsName(
  rules: CredentialRules,
  workspace: Pick<Binding, 'workspace' | 'credentials_ref'> | undefined,
): string | undefined {
  if (!rules.used) return undefined
  if (workspace === undefined) return rules.ref?.includes('{workspace}') ? undefined : rules.ref
  return workspace.credentials_ref ?? rules.ref?.replaceAll('{workspace}', workspace.workspace)
}

/**
 * Only a name that is not in the folder at all: a link that leads nowhere, or a folder that is not
 * mounted, was meant to be more.
 */
function isNowhere(name: string, folder: string): boolean {
  try {
    lstatSync(join(folder, name))
    return false
  } catch (error) {
    return codeOf(error) === 'ENOENT' && isFolder(folder)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function existing(name: string, folder: string): string {
  const missing = (reason: string) =>
    new Fault('credentials_missing', { message: `The credential file "${name}" ${reason}.` })
  if (!plainName.test(name)) throw missing('is no plain file name')
  let file: string
  if (!isFolder(folder)) throw missing('cannot be looked up: the folder that XEM_CREDENTIALS_DIR names is not there')
  try {
    file = realpathSync(join(folder, name))
    if (!file.startsWith(realpathSync(folder) + sep)) throw missing('leads out of the credentials folder')
    if (!statSync(file).isFile()) throw missing('is no file')
    accessSync(file, constants.R_OK)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw missing(codeOf(error) === 'EACCES' ? 'cannot be read by the agent' : 'is not there')
  }
  return file
}
