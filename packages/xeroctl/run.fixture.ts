// Runs the command line in this process, with everything around it in the test's hands.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { systemSurroundings as clientSurroundings } from '@xerotier/client/surroundings.ts'
import { run } from './run.ts'
import type { Surroundings } from './surroundings.ts'

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  /** Both are a fresh empty folder unless given. */
  cwd?: string
  home?: string
  stdin?: string | Uint8Array
  /** Columns of a terminal; without it stdout and stderr are none. */
  terminal?: number
  now?: number
  /** Told of every piece of output. */
  onOutput?: (stream: 'stdout' | 'stderr', text: string) => void
  /** Called with what Ctrl-C would do. */
  onListening?: (interrupt: () => void) => void
  surroundings?: Partial<Surroundings>
}

export async function xeroctl(t: TestContext, argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const folder = emptyFolder(t)
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const stream = (name: 'stdout' | 'stderr') => ({
    write(chunk: string | Uint8Array) {
      written[name].push(Buffer.from(chunk as string))
      options.onOutput?.(name, Buffer.from(chunk as string).toString())
      return true
    },
    once() {},
    ...(options.terminal === undefined ? {} : { isTTY: true, columns: options.terminal }),
  })
  const code = await run({
    ...clientSurroundings,
    argv,
    env: options.env ?? {},
    cwd: options.cwd ?? folder,
    home: options.home ?? folder,
    uid: process.getuid?.(),
    stdin: Readable.from(
      options.stdin === undefined ? [] : [Buffer.from(options.stdin)],
    ) as unknown as Surroundings['stdin'],
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    now: () => options.now ?? Date.parse('2026-05-01T12:00:00Z'),
    randomId: () => '00000000-0000-4000-8000-000000000001',
    onInterrupt(handler) {
      options.onListening?.(handler)
      return () => {}
    },
    ifUnread() {},
    ...options.surroundings,
  })
  return { code, stdout: Buffer.concat(written.stdout).toString(), stderr: Buffer.concat(written.stderr).toString() }
}

export function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'xeroctl-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The environment that points at a scripted server. */
export function envFor(server: { baseUrl: string }): Record<string, string> {
  return { XEROTIER_BASE_URL: server.baseUrl, XEROTIER_API_KEY: 'xero_demo_0123456789' }
}
