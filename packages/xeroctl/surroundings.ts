// What a run of xeroctl touches, passed in (law L10), so that a test is a run in the same process.
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import {
  type Surroundings as ClientSurroundings,
  systemSurroundings as clientSurroundings,
} from '@xerotier/client/surroundings.ts'
import { useNetworkEnvironment } from '@xerotier/runtime/network-environment.ts'

export interface OutputStream {
  /** Answers false when `drain` will follow. */
  write(chunk: string | Uint8Array): boolean
  once(event: 'drain', listener: () => void): unknown
  isTTY?: boolean
  columns?: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** Columns; undefined when it is no terminal. COLUMNS stands for those of the terminal. */
export function widthOfTerminal(stream: OutputStream, env: Environment): number | undefined {
  return stream.isTTY === true ? (columnsIn(env) ?? stream.columns) : undefined
}

/** What COLUMNS says, when it is a number of columns. */
export function columnsIn({ COLUMNS }: Environment): number | undefined {
  return COLUMNS !== undefined && /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : undefined
}

export interface InputStream extends NodeJS.ReadableStream {
  isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

export interface Surroundings extends ClientSurroundings {
  /** Without node and the script. */
  argv: readonly string[]
  env: Environment
  cwd: string
  home: string
  /** User id of the process; undefined where there are none. */
  uid: number | undefined
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  /** Milliseconds since the epoch. */
  now(): number
  randomId(): string
  /** Calls back on Ctrl-C or SIGTERM until the answered function is called. */
  onInterrupt(handler: () => void): () => void
  /** What the process ends with should its reader go away before the run is over; 0 until told. */
  ifUnread(code: number): void
}

/**
 * The root where the folder is gone or may not be looked at: what is relative to it finds nothing
 * then.
 */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

let isNetworkReady = false

/** What needs no network is not hindered by an environment that says nonsense about it. */
const fetchByEnvironment: typeof fetch = (input, init) => {
  if (!isNetworkReady) useNetworkEnvironment(process.env)
  isNetworkReady = true
  return clientSurroundings.fetch(input, init)
}

export const systemSurroundings: Surroundings = {
  ...clientSurroundings,
  fetch: fetchByEnvironment,
  argv: process.argv.slice(2),
  env: process.env,
  cwd: workingFolder(),
  home: homedir(),
  uid: process.getuid?.(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  randomId: () => randomUUID(),
  onInterrupt(handler) {
    process.on('SIGINT', handler)
    process.on('SIGTERM', handler)
    return () => {
      process.off('SIGINT', handler)
      process.off('SIGTERM', handler)
    }
  },
  ifUnread(code) {
    process.exitCode = code
  },
}
