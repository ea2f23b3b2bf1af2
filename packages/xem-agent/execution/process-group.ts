// A program in a process group of its own, so that it and its children end together. execa kills
// the leader only, and its stream handling would read ahead of our window, so this is child_process
// itself.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import { watchStart } from './start-as-user.ts'
import type { ToolsUser } from './tools-user.ts'

/** Between SIGTERM and SIGKILL. */
export const killGraceMs = 2000

export interface GroupOptions {
  program: string
  argv: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  /** Text for stdin; null closes it at once. */
  stdin: string | null
  /** For a program that one talks to: stdin stays open after the text. */
  keepStdin?: boolean
  /** Whom it runs as; as the agent unless given. */
  user: ToolsUser | undefined
  clock: Clock
}

export interface ProcessGroup {
  pid: number
  child: ChildProcess
  /**
   * Why its program did not start after all, once its pipes are closed: who changes over to another
   * user hears that late.
   */
  unstarted(): Error | undefined
  /** SIGTERM to the whole group, SIGKILL after the grace. Asking again changes nothing. */
  kill(): void
  /** SIGKILL to what is left of the group. */
  killNow(): void
}

/** By the pid of its leader, until that ends. */
const running = new Set<number>()
// However this process comes to its end (a second signal, an unhandled error), nothing of it goes
// on unseen.
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL')
})

/** @throws nothing: resolves with the error when the program cannot be started. */
export function startGroup(options: GroupOptions): Promise<ProcessGroup | Error> {
  return new Promise((resolve) => {
    let child: ChildProcess
    const start = options.user?.start(options.program, options.argv)
    const { program, argv } = start ?? options
    try {
      child = spawn(program, argv, {
        argv0: start?.argv0,
        cwd: options.cwd,
        env: options.env,
        detached: true,
        stdio: [options.stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      })
    } catch (error) {
      resolve(error as Error)
      return
    }
    const unstarted = start === undefined ? () => undefined : watchStart(child, start)
    const { pid } = child
    if (pid !== undefined) {
      running.add(pid)
      child.once('exit', () => running.delete(pid))
    }
    child.once('error', (error) => resolve(error))
    child.once('spawn', () => {
      if (options.stdin !== null && child.stdin !== null) {
        // A program that does not read its stdin is free not to.
        child.stdin.on('error', () => {})
        if (options.keepStdin === true) child.stdin.write(options.stdin)
        else child.stdin.end(options.stdin)
      }
      resolve(groupOf(child, unstarted, options.clock))
    })
  })
}

function groupOf(child: ChildProcess, unstarted: ProcessGroup['unstarted'], clock: Clock): ProcessGroup {
  const pid = child.pid!
  let escalation: Timer | undefined
  const signal = (name: 'SIGTERM' | 'SIGKILL') => signalGroup(pid, name)
  child.once('exit', () => escalation?.cancel())
  return {
    pid,
    child,
    unstarted,
    kill() {
      if (escalation !== undefined) return
      signal('SIGTERM')
      escalation = clock.after(killGraceMs, () => signal('SIGKILL'))
    },
    killNow: () => signal('SIGKILL'),
  }
}

function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name)
  } catch {
    // ESRCH: nobody is left.
  }
}
