// `.xerotier/`: everything that one clone's system keeps, 0700.

import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lockFile, lockFolder } from '@xerotier/router/postgres/folder-lock.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'

export const clone = fileURLToPath(new URL('../..', import.meta.url))

export interface State {
  folder: string
  apiKey: string
  xeroctl: string
  agent: string
  tools: string
  credentials: string
  logs: string
}

const usualFolder = join(clone, '.xerotier')

/**
 * Opens the folder and holds it until this process ends.
 * @throws when it is somebody else's, or another process holds it
 */
export function openState(named = process.env.XEROTIER_STATE_DIR): State {
  const folder = named ? resolve(named) : usualFolder
  const state: State = {
    folder,
    apiKey: join(folder, 'api-key'),
    xeroctl: join(folder, 'xeroctl.toml'),
    agent: join(folder, 'agent'),
    tools: join(folder, 'tools'),
    credentials: join(folder, 'credentials'),
    logs: join(folder, 'log'),
  }
  makeFolder(folder, 0o700)
  const found = readdirSync(folder)
  // It is about to be closed to everybody else, which would break what others keep there.
  if (found.length > 0 && !found.includes(lockFile))
    throw new Error(
      `${folder} holds other files (${found[0]}) and is not the state of a system; XEROTIER_STATE_DIR takes a new or an empty folder`,
    )
  chmodSync(folder, 0o700)
  lockFolder(folder)
  for (const path of [state.agent, state.tools, state.credentials, state.logs]) {
    makeFolder(path, 0o700)
    chmodSync(path, 0o700)
  }
  return state
}

/** How a second terminal in the clone calls xeroctl so that it finds this system. */
export function xeroctlOf({ folder }: State): string {
  if (folder === usualFolder) return 'npx xeroctl'
  const word = /^[\w@%+:,./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`
  return `XEROTIER_STATE_DIR=${word} npx xeroctl`
}

/** What an earlier start noted, `{}` when there is nothing readable. */
export function readNote<T extends object>(state: State, name: string): Partial<T> {
  try {
    return JSON.parse(readFileSync(join(state.folder, `${name}.json`), 'utf8')) as Partial<T>
  } catch {
    return {}
  }
}

export function writeNote(state: State, name: string, note: object): void {
  const path = join(state.folder, `${name}.json`)
  writeFileSync(`${path}.new`, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const logBytesMax = 16 * 1024 * 1024

/** Path of a process's log; a long one of earlier starts is set aside. */
export function logPath(state: State, name: string): string {
  const path = join(state.logs, `${name}.log`)
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > logBytesMax) renameSync(path, `${path}.1`)
  return path
}
