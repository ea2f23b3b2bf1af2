// `.xerotier/`: everything that one clone's system keeps, 0700.
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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

export function openState(folder = process.env.XEROTIER_STATE_DIR ?? join(clone, '.xerotier')): State {
  const state: State = {
    folder,
    apiKey: join(folder, 'api-key'),
    xeroctl: join(folder, 'xeroctl.toml'),
    agent: join(folder, 'agent'),
    tools: join(folder, 'tools'),
    credentials: join(folder, 'credentials'),
    logs: join(folder, 'log'),
  }
  for (const path of [folder, state.agent, state.tools, state.credentials, state.logs]) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chmodSync(path, 0o700)
  }
  return state
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
