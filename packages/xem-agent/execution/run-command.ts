// Runs one program to its end: start, output, deadline, and what is left of its group afterwards.
import { isAbsolute, resolve } from 'node:path'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { OutputStream } from '../tool.ts'
import type { CallFolder, CallFolders } from './call-folders.ts'
import { HostUnfit, isOfHost } from './fitness.ts'
import { killGraceMs, startGroup } from './process-group.ts'
import { startFault } from './start-fault.ts'
import type { ToolsUser } from './tools-user.ts'

export interface CommandOptions {
  program: string
  argv: readonly string[]
  /** Folder from which a program with a slash in its name is looked up. */
  programDir: string
  folders: CallFolders
  /** Whom it runs as; as the agent unless given. */
  user: ToolsUser | undefined
  credentialsFile: string | undefined
  environment(use: { tmpDir: string; credentialsFile: string | undefined }): Record<string, string>
  stdin: string | null
  clock: Clock
  /** Aborts at the deadline and on cancel. */
  signal: AbortSignal
  write(stream: OutputStream, data: Uint8Array): boolean
  isOpen(): boolean
  /** Calls back when the window may have opened; returns how to stop listening. */
  onWindow(callback: () => void): () => void
  started(): void
  /** It ended; its pipes may still be open. */
  exited(): void
  /** The output was cut because the pipes were given up. */
  cut(): void
  /**
   * Ends what the program left outside its group. It looks at every process of the host: not for a
   * call that ended by itself.
   */
  endStrays(): Promise<void>
}

export interface CommandEnd {
  exitCode: number | null
  signal: string | null
}

/** @throws Fault `tool_start_failed` when the program does not start. */
export async function runCommand(options: CommandOptions): Promise<CommandEnd> {
  const folder = await options.folders.make(options.credentialsFile)
  try {
    return await runIn(folder, options)
  } finally {
    await folder.remove()
  }
}

async function runIn({ work, credentialsFile }: CallFolder, options: CommandOptions): Promise<CommandEnd> {
  const { argv, stdin, user, clock, signal } = options
  const lookedUp = options.program.includes('/') && !isAbsolute(options.program)
  const program = lookedUp ? resolve(options.programDir, options.program) : options.program
  const env = options.environment({ tmpDir: work, credentialsFile })
  const group = await startGroup({ program, argv, cwd: work, env, stdin, user, clock })
  if (group instanceof Error && isOfHost(group)) {
    throw new HostUnfit('The host of the agent cannot start another program.', { cause: group })
  }
  const start = { name: options.program, program, searchPath: env.PATH, user: user?.name }
  if (group instanceof Error) throw startFault(start, group)
  options.started()
  let exited = false
  let search: Promise<void> | undefined
  // With the group gone, the pipes of those outside it would keep the call for as long as they are
  // open.
  const endStrays = () => {
    search ??= options.endStrays()
  }
  const kill = () => {
    if (exited) endStrays()
    else group.kill()
  }
  if (signal.aborted) kill()
  signal.addEventListener('abort', kill)

  const pipes = [
    ['stdout', group.child.stdout!],
    ['stderr', group.child.stderr!],
  ] as const
  const resume = () => {
    if (options.isOpen()) for (const [, pipe] of pipes) pipe.resume()
  }
  for (const [name, pipe] of pipes) {
    pipe.on('error', () => {})
    pipe.on('data', (data: Buffer) => {
      if (group.unstarted() !== undefined) return
      if (!options.write(name, data)) for (const [, other] of pipes) other.pause()
    })
  }
  const stopListening = options.onWindow(resume)
  try {
    const ended = await new Promise<CommandEnd>((done) => {
      let end: CommandEnd = { exitCode: null, signal: null }
      group.child.once('exit', (exitCode, exitSignal) => {
        end = { exitCode, signal: exitSignal }
        // A call's processes end with it: what it left in the background would run unseen and
        // unaccounted.
        group.killNow()
        exited = true
        options.exited()
        if (signal.aborted) endStrays()
        waitForPipes()
      })
      group.child.once('close', () => done(end))
      // A grandchild in a session of its own can hold the pipes open for ever. While the window is
      // closed the silence is ours.
      const waitForPipes = () =>
        clock.after(killGraceMs, () => {
          if (!options.isOpen() && !signal.aborted) return waitForPipes()
          for (const [, pipe] of pipes) {
            if (pipe.readableEnded || pipe.destroyed) continue
            options.cut()
            pipe.destroy()
            endStrays()
          }
          done(end)
        })
    })
    await search
    const flaw = group.unstarted()
    if (flaw !== undefined) throw startFault(start, flaw)
    return ended
  } finally {
    stopListening()
    signal.removeEventListener('abort', kill)
  }
}
