import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Answer, Invocation } from '../../tool.ts'
import { readProcess } from './proc.ts'

/** How long the answer waits to say whether the process ended. */
const waitMs = 3000
const pollMs = 50

/** The one that every host has is the shell's own. */
const killProgram = ['/bin/sh', '-c', 'kill -s "$0" -- "$1"']

/**
 * Sends a signal to one process, never to init, the agent, or what the agent runs under. Where
 * tools run as another user, that user sends it: the agent then may signal more than a tool should.
 */
export function processKill({ clock, asAnotherUser }: { clock: Clock; asAnotherUser: boolean }) {
  return async ({ args, signal: aborted, run }: Invocation): Promise<Answer> => {
    const { pid, signal, name } = args as { pid: number; signal: string; name?: string }
    const target = readProcess(pid)
    if (target === undefined) throw new Fault('execution_failed', { message: `There is no process ${pid}.` })
    if (target.tgid !== pid) throw refused(`${pid} is a thread of process ${target.tgid}`)
    if (ownLine().has(pid)) throw refused(`process ${pid} is the agent, or one that it runs under`)
    if (name !== undefined && target.name !== name) {
      throw refused(`process ${pid} is "${target.name}" and not the one that was named`)
    }
    if (asAnotherUser) {
      const { exitCode } = await run([...killProgram, signal, String(pid)])
      if (exitCode !== 0) throw refused(`the user that tools run as may not signal process ${pid}, or it is gone`)
    } else signalNow(pid, signal)
    const until = clock.monotonic() + waitMs
    while (isAlive(pid) && clock.monotonic() < until && !aborted.aborted) {
      await new Promise<void>((resolve) => clock.after(pollMs, resolve))
    }
    return { result: { pid, name: target.name, signal: `SIG${signal}`, ended: !isAlive(pid) } }
  }
}

function signalNow(pid: number, signal: string): void {
  try {
    process.kill(pid, `SIG${signal}`)
  } catch (error) {
    const code = codeOf(error)
    const reason = code === 'EPERM' ? 'The agent may not signal it' : 'It is gone'
    throw new Fault('execution_failed', { message: `${reason} (process ${pid}, ${code}).` })
  }
}

/** init, the agent and its ancestors. */
function ownLine(): Set<number> {
  const line = new Set([1])
  for (let pid = process.pid; pid > 1 && !line.has(pid); pid = readProcess(pid)?.ppid ?? 0) line.add(pid)
  return line
}

/** A zombie has ended; only its parent has not looked yet. */
function isAlive(pid: number): boolean {
  const state = readProcess(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function refused(reason: string): Fault {
  return new Fault('execution_failed', { message: `The signal was not sent: ${reason}.` })
}
