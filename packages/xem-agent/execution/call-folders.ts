// Each call has an empty folder of its own. They stand in one folder of this agent, so that those
// of a process that was killed are found and removed. Where tools run as another user, the folder
// is that user's, and so is a copy of the credential file beside it.
import { chmod, chown, lchown, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { HostUnfit } from './fitness.ts'
import type { ToolsUser } from './tools-user.ts'
import type { VettedCredentials } from './vetted-credentials.ts'

export interface CallFolder {
  /** Where its program works. */
  work: string
  /** Where its program finds the credential file. */
  credentialsFile: string | undefined
  remove(): Promise<void>
}

export interface CallFolders {
  /**
   * @throws HostUnfit when the disk takes none; Fault `credentials_missing` when the file is gone
   */
  make(credentialsFile: string | undefined): Promise<CallFolder>
}

/** Names this agent, and no other on the host. */
export function callsFolder(tmpDir: string, journalId: string): string {
  return join(tmpDir, `xem-calls-${journalId.slice(0, 16)}`)
}

/** What an earlier process left. Before any call, and after its programs were ended. */
export async function clearCallFolders(folder: string, user: ToolsUser | undefined): Promise<void> {
  try {
    for (const call of await readdir(folder)) await takeBack(join(folder, call, 'work')).catch(() => {})
    await removeAll(folder)
  } catch {
    // There is none, or not all of it goes. Nobody uses what stays.
  }
  // The first call says what is wrong with it.
  await makeOwn(folder, user).catch(() => {})
}

export function createCallFolders(
  folder: string,
  user: ToolsUser | undefined,
  vetted?: Pick<VettedCredentials, 'insteadOf'>,
): CallFolders {
  async function makeOne(): Promise<string> {
    try {
      return await mkdtemp(join(folder, 'call-'))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      // Old folders in /tmp are removed by the host.
      await makeOwn(folder, user)
      return await mkdtemp(join(folder, 'call-'))
    }
  }

  return {
    async make(credentialsFile) {
      const instead = credentialsFile === undefined ? undefined : vetted?.insteadOf(credentialsFile)
      const asItIs = user === undefined || credentialsFile === undefined
      const secret = instead ?? (asItIs ? undefined : await contentOf(credentialsFile))
      let one: string | undefined
      try {
        one = await makeOne()
        if (user !== undefined) return await handOver(one, credentialsFile, secret, user)
        if (credentialsFile === undefined || instead === undefined) return own(one, credentialsFile)
        return await withCopy(one, credentialsFile, instead)
      } catch (cause) {
        if (one !== undefined) await removeAll(one).catch(() => {})
        throw new HostUnfit('The agent can make no folder for the call.', { cause })
      }
    },
  }
}

function own(work: string, credentialsFile: string | undefined): CallFolder {
  return { work, credentialsFile, remove: () => removeAll(work).catch(() => {}) }
}

/** The program works in a folder of its own beside the copy. */
async function withCopy(around: string, credentialsFile: string, content: Buffer): Promise<CallFolder> {
  const work = join(around, 'work')
  await mkdir(work, { mode: 0o700 })
  const copy = join(around, `credentials-${basename(credentialsFile)}`)
  await writeFile(copy, content, { flag: 'wx', mode: 0o600 })
  return { work, credentialsFile: copy, remove: () => removeAll(around).catch(() => {}) }
}

/**
 * The folder around stays the agent's, so that nothing in it can be put in another's place. Its
 * group may step into `work`, which is how the agent starts a program there.
 */
async function handOver(
  around: string,
  credentialsFile: string | undefined,
  secret: Buffer | undefined,
  { uid }: ToolsUser,
): Promise<CallFolder> {
  await chmod(around, steppedInto)
  const work = join(around, 'work')
  await mkdir(work)
  await chmod(work, 0o710)
  await chown(work, uid, -1)
  let copy: string | undefined
  if (credentialsFile !== undefined && secret !== undefined) {
    copy = join(around, `credentials-${basename(credentialsFile)}`)
    await writeFile(copy, secret, { flag: 'wx', mode: 0o600 })
    await chown(copy, uid, -1)
  }
  const remove = async () => {
    await takeBack(work)
    await removeAll(around)
  }
  return { work, credentialsFile: copy, remove: () => remove().catch(() => {}) }
}

/**
 * From the top down, so that nobody can lead the removal elsewhere: in a folder that is the agent's
 * again the tool's user changes nothing.
 */
async function takeBack(folder: string): Promise<void> {
  await lchown(folder, process.geteuid?.() ?? -1, -1)
  await chmod(folder, 0o700)
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await takeBack(join(folder, entry.name))
}

/** @throws Fault */
async function contentOf(credentialsFile: string): Promise<Buffer> {
  try {
    return await readFile(credentialsFile)
  } catch (cause) {
    const message = `The credential file "${basename(credentialsFile)}" cannot be read.`
    throw new Fault('credentials_missing', { message, cause })
  }
}

function removeAll(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** By those who know what is in it, whoever they are; listed by the agent alone. */
const steppedInto = 0o711

/** Two calls may want it at the same time. Somebody else's is none. */
async function makeOwn(folder: string, user: ToolsUser | undefined): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const found = await lstat(folder)
    if (!found.isDirectory() || found.uid !== process.geteuid?.()) throw error
  }
  // Whatever the umask is.
  if (user !== undefined) await chmod(folder, steppedInto)
}
