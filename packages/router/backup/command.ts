// `xerotier-router backup --to <folder>` and `restore --from <folder>`, with the settings of the
// router that say where its database and its state folder are.
import { resolve } from 'node:path'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import { makeBackup } from './backup.ts'
import type { Manifest } from './manifest.ts'
import { restoreBackup } from './restore.ts'

export const backupHelp = `Commands:
  backup --to <folder>     copy database and keys into a new folder
  restore --from <folder>  make them again, in an empty database and state folder
`

const backupCommands = { backup: '--to', restore: '--from' } as const
type BackupCommand = keyof typeof backupCommands

/** @returns the command with its folder, and the words that are settings; undefined for neither */
export function backupCommandOf(
  argv: readonly string[],
): { command: BackupCommand; folder: string; settings: string[] } | undefined {
  const [word, ...words] = argv
  if (word !== 'backup' && word !== 'restore') return undefined
  const flag = backupCommands[word]
  const at = words.findIndex((one) => one === flag || one.startsWith(`${flag}=`))
  const joined = words[at]?.includes('=') === true
  const folder = joined ? words[at]?.slice(flag.length + 1) : words[at + 1]
  if (at === -1 || folder === undefined || folder === '')
    throw new StartError(configExitCode, `${word} needs ${flag} <folder>`)
  return { command: word, folder: resolve(folder), settings: words.toSpliced(at, joined ? 1 : 2) }
}

/** @returns what to print */
export async function runBackupCommand(
  { command, folder }: { command: BackupCommand; folder: string },
  { stateDir, databaseUrl }: { stateDir: string; databaseUrl: string | undefined },
  { log, version }: { log: Log; version: string },
): Promise<string> {
  const reach = { stateDir, databaseUrl, clock: systemClock, log }
  if (command === 'backup') {
    const made = await makeBackup(reach, folder, version)
    return `${folder}: ${countOf(made)}, and the keys of ${stateDir}. It holds keys: guard it.\n`
  }
  const restored = await restoreBackup(reach, folder)
  return `${countOf(restored)} of ${restored.made_at}, and the keys, are in ${stateDir}. Start the router at the address that agents dial.\n`
}

function countOf({ tables }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return `${rows} rows of ${tables.length} tables`
}
