// One running postmaster, as our child.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { guardProcess } from '@xerotier/runtime/guard-process.ts'
import type { Log, LogLevel } from '@xerotier/runtime/log.ts'
import type { Account } from './account.ts'
import { postgresEnvironment } from './cluster.ts'

export interface ServerOptions {
  program: string
  data: string
  socketDir: string
  account: Account | undefined
  settings: Record<string, string>
  log: Log
}

export interface Server {
  pid: number
  /** Resolves when the postmaster is gone, with how it went. */
  exited: Promise<string>
  /** Fast shutdown, awaited: sessions are cut, everything committed is on disk. */
  stop(clock: Clock): Promise<void>
}

/** A fast shutdown that takes longer becomes an immediate one, which the next start makes good. */
const fastShutdownMs = 30_000

const levels: Record<string, LogLevel> = { WARNING: 'warning', ERROR: 'warning', FATAL: 'error', PANIC: 'critical' }

/**
 * Starts the postmaster and waits until it takes connections.
 * @throws with its last words when it does not
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const args = ['-D', options.data, '-k', options.socketDir]
  for (const [name, value] of Object.entries(options.settings)) args.push('-c', `${name}=${value}`)
  // A group of its own: Ctrl-C at the terminal must reach the router, which stops Postgres last.
  const child = spawn(options.program, args, {
    cwd: '/',
    env: postgresEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...options.account,
  })
  const words: string[] = []
  const ready = Promise.withResolvers<void>()
  const exited = exitOf(child)
  createInterface({ input: child.stderr }).on('line', (line) => {
    const level = levels[/ (WARNING|ERROR|FATAL|PANIC): /.exec(line)?.[1] ?? ''] ?? 'debug'
    options.log[level]({ postgres: line }, 'postgres says')
    words.push(line)
    if (words.length > 20) words.shift()
    // The server's own announcement (src/backend/postmaster/postmaster.c); lc_messages is C.
    if (line.includes('database system is ready to accept connections')) ready.resolve()
  })
  await Promise.race([
    ready.promise,
    exited.then((how) => {
      throw new Error(`postgres did not start (${how}): ${words.join('\n')}`)
    }),
  ])
  // Should the guard be killed as well, the next start replaces the orphan.
  const { pid } = child
  if (pid === undefined) throw new Error('postgres is ready and has no pid')
  const guard = guardProcess(pid, { signal: 'INT', ...options.account })
  void exited.then(() => guard.kill('SIGKILL'))
  return {
    pid,
    exited,
    async stop(clock) {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGINT')
      const timer = clock.after(fastShutdownMs, () => child.kill('SIGQUIT'))
      await exited
      timer.cancel()
    },
  }
}

async function exitOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit')
    return signal ? `killed by ${signal}` : `exit ${code}`
  } catch (error) {
    return messageOf(error)
  }
}
