// The process of an MCP server: lines in and out over its pipes. It is signalled as a group, and is
// not taken for alive because some other process holds its pipes.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { type ProcessGroup, startGroup } from '../execution/process-group.ts'
import type { ToolsUser } from '../execution/tools-user.ts'
import type { McpGivens } from './mcp-givens.ts'
import { createLineReader } from './mcp-lines.ts'

export interface McpProcessOptions {
  command: string
  args: readonly string[]
  cwd: string
  /** Whom it runs as; as the agent unless given. */
  user: ToolsUser | undefined
  /** What it is given, for as long as it runs. */
  ready(): Promise<McpGivens>
  clock: Clock
  /** A line of its stdout. */
  hear(line: string): void
  /** What it writes to stderr. */
  says(data: Buffer): void
  /** It takes no more calls: it ended, or is about to. Once. */
  lost(): void
  /** Nothing more of it is heard. Once, after `lost`. */
  disconnected(): void
}

export interface McpProcess {
  pid(): number | undefined
  /** @throws when it cannot be started */
  start(): Promise<void>
  /** Dropped when it takes no more. */
  send(message: object): void
  /** Bytes that it has not read yet. */
  unread(): number
  /** Why it takes no more calls; undefined while it does. */
  reason(): string | undefined
  /** Resolves when it does not run, or never did. */
  ended: Promise<void>
  /** Fails its calls and kills its group. */
  giveUp(reason: string): void
  /** The same without a grace: its group does nothing more. */
  giveUpNow(reason: string): void
  /**
   * Ends its input, and kills the group when that does not end it within the grace. Resolves at its
   * end.
   */
  close(): Promise<void>
}

/** Between the end of a server's input and SIGTERM. */
export const closeGraceMs = 2000
/** How long the last words of a server that ended may take when somebody else holds its pipes. */
const lastWordsMs = 200
/** The largest message of a server. */
const messageBytes = 10 * 1024 * 1024

export function createMcpProcess(options: McpProcessOptions): McpProcess {
  const { command, args, cwd, user, clock } = options
  const ended = Promise.withResolvers<void>()
  let starting: Promise<ProcessGroup | Error> | undefined
  let group: ProcessGroup | undefined
  let exited = false
  let isLost = false
  let isDisconnected = false
  let reason: string | undefined
  /** What is the matter with its pipes. It may just be ending, and how it ended says more. */
  let broken: string | undefined

  function lose(why: string | undefined): void {
    reason ??= why
    if (isLost) return
    isLost = true
    options.lost()
  }

  /** Fails the calls in flight and lets go of the pipes, whoever holds their other ends. */
  function disconnect(): void {
    if (isDisconnected) return
    isDisconnected = true
    for (const pipe of group?.child.stdio ?? []) pipe?.destroy()
    options.disconnected()
  }

  function endWith(why: string, kill: (group: ProcessGroup) => void): void {
    if (exited) return
    lose(why)
    if (group !== undefined) kill(group)
    disconnect()
  }

  const giveUp = (why: string) => endWith(why, (one) => one.kill())
  const giveUpNow = (why: string) => endWith(why, (one) => one.killNow())

  function hearAll(read: () => string[]): void {
    if (isDisconnected) return
    let lines: string[]
    try {
      lines = read()
    } catch {
      return giveUp(`it sent a message of more than ${messageBytes} bytes`)
    }
    for (const line of lines) options.hear(line)
  }

  async function startReady(): Promise<ProcessGroup | Error> {
    try {
      const { env, over } = await options.ready()
      void ended.promise.then(over)
      return await startGroup({ program: command, argv: args, cwd, env, stdin: '', keepStdin: true, user, clock })
    } catch (error) {
      return error instanceof Error ? error : new Error(messageOf(error))
    }
  }

  function watch({ child, killNow, kill, unstarted }: ProcessGroup): void {
    const lines = createLineReader(messageBytes)
    const breaks = (what: string) => () => {
      broken ??= what
      lose(undefined)
      if (reason === undefined) kill()
    }
    for (const pipe of child.stdio) pipe?.on('error', () => {})
    child.stderr?.on('data', options.says)
    child.stdout?.on('data', (data: Buffer) => hearAll(() => lines.read(data)))
    child.stdout?.once('end', breaks('it closed its output'))
    child.stdin?.once('error', breaks('it closed its input'))
    child.once('exit', (code, signal) => {
      exited = true
      killNow()
      const sayHow = () => {
        const how = signal === null ? `it ended with exit code ${code}` : (broken ?? `it was ended by ${signal}`)
        lose(unstarted()?.message ?? how)
        ended.resolve()
      }
      // What it wrote before its end is still to be read: why it did not start as another user,
      // too.
      const over = () => {
        timer.cancel()
        sayHow()
        disconnect()
      }
      if (user === undefined) sayHow()
      const timer = clock.after(lastWordsMs, over)
      child.once('close', over)
    })
  }

  return {
    ended: ended.promise,
    async start() {
      if (reason !== undefined) throw new Error(reason)
      starting = startReady()
      const started = await starting
      if (started instanceof Error) {
        ended.resolve()
        throw started
      }
      group = started
      // Given up meanwhile.
      if (reason !== undefined) group.killNow()
      watch(group)
    },
    send(message) {
      if (reason === undefined) group?.child.stdin?.write(`${JSON.stringify(message)}\n`)
    },
    unread: () => group?.child.stdin?.writableLength ?? 0,
    pid: () => group?.pid,
    reason: () => reason ?? broken,
    giveUp,
    giveUpNow,
    async close() {
      lose('it was closed')
      await starting
      // Not started yet: it will not be.
      if (group === undefined) return ended.resolve()
      group.child.stdin?.end()
      const timer = clock.after(closeGraceMs, group.kill)
      await ended.promise
      timer.cancel()
    },
  }
}
