// One process of the system, as a child: its log in a file, its end known, and gone when we are.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { guardProcess } from '@xerotier/runtime/guard-process.ts'
import { tracingOptions } from '@xerotier/runtime/tracing/options.ts'

export interface Child {
  name: string
  pid: number
  /** How it ended: `exit 1`, `SIGKILL`. */
  exited: Promise<string>
  running(): boolean
  stop(): Promise<void>
  kill(): void
  /** Its last log lines of this run. */
  lastWords(): string
}

export interface ChildOptions {
  name: string
  /** A program, with a first line that says how it is run. */
  script: string
  env: NodeJS.ProcessEnv
  cwd: string
  log: string
}

export function startChild(options: ChildOptions): Child {
  const from = statSync(options.log, { throwIfNoEntry: false })?.size ?? 0
  const log = openSync(options.log, 'a', 0o600)
  // A group of its own: Ctrl-C reaches only us, and we stop the children in order.
  const child: ChildProcess = spawn(options.script, [], {
    cwd: options.cwd,
    // The node that the first line asks for is the one that runs us.
    env: { ...options.env, PATH: `${dirname(process.execPath)}:${options.env.PATH}` },
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const exited = once(child, 'exit').then(
    ([code, signal]) => String(signal ?? `exit ${code}`),
    (error: Error) => error.message,
  )
  const guard = guardProcess(child.pid ?? 0, { signal: 'TERM' })
  void exited.then(() => guard.kill('SIGKILL'))
  return {
    name: options.name,
    pid: child.pid ?? 0,
    exited,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
    kill: () => void child.kill('SIGKILL'),
    lastWords: () => readFileSync(options.log).subarray(from).toString().trimEnd().split('\n').slice(-15).join('\n'),
  }
}

/**
 * Asks again and again until `look` answers something.
 * @throws when the child ends first or it takes too long; the message has the child's last words.
 */
export async function until<T>(child: Child, ms: number, look: () => Promise<T | undefined>): Promise<T> {
  const from = performance.now()
  let last: unknown
  while (performance.now() - from < ms) {
    if (!child.running()) throw new Error(`the ${child.name} ended (${await child.exited}):\n${child.lastWords()}`)
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const reason = last instanceof Error ? `${last.message}\n` : ''
  throw new Error(`the ${child.name} is not ready after ${ms / 1000} s\n${reason}${child.lastWords()}`)
}

/** Our environment without what names another system's settings. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(XEM|XEROTIER)_/.test(name)))
}

/** Of the router and of the agent. */
export const tracingVariables = Object.values(tracingOptions('')).flatMap(({ env }) => env)

/** Those of the names that are set. */
export function passedOn(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]))
}
