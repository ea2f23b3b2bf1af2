import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { childEnvironment } from '../child-environment.ts'

type Child = ChildProcessByStdio<null, Readable, null>

/** Starts one of our TypeScript programs; its stderr is ours, so that a failing test shows why. */
export function startChild(file: string, env: Record<string, string | undefined>): Child {
  return spawn(process.execPath, [file], {
    env: { ...childEnvironment(), XEROTIER_FAULT_LOG: process.env.XEROTIER_FAULT_LOG, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The first line of its stdout. @throws when it ends first */
export async function firstLine(child: Child): Promise<string> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process ended first, with ${code ?? signal}`)
  })
  const [chunk] = await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => {})
  const [line = ''] = String(chunk).split('\n')
  return line
}

/** Resolves when it is gone. */
export async function untilGone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await untilGone(child)
}
