// The process of an MCP server, as the SDK's transport over stdio. The SDK's own signals the direct child only, and takes
// a server for alive as long as some process holds its pipes.
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { type ProcessGroup, startGroup } from '../execution/process-group.ts'

export interface McpProcessOptions {
  command: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  clock: Clock
  /** What it writes to stderr. */
  says(data: Buffer): void
  /** It takes no more calls: it ended, or is about to. Once. */
  lost(): void
}

export interface McpProcess extends Transport {
  pid(): number | undefined
  /** Why it takes no more calls; undefined while it does. */
  reason(): string | undefined
  /** Resolves when it does not run, or never did. */
  ended: Promise<void>
  /** Fails its calls and kills its group. */
  giveUp(reason: string): void
  /** The same without a grace: its group does nothing more. */
  giveUpNow(reason: string): void
  /** Resolves when the request that `cancel` cancels is answered all the same, was before, or never left, or when all is lost. */
  cancelled(cancel: () => void): Promise<void>
  /** Ends its input, and kills the group when that does not end it within the grace. Resolves at its end. */
  close(): Promise<void>
}

/** Between the end of a server's input and SIGTERM. */
export const closeGraceMs = 2000
/** How long the last words of a server that ended may take when somebody else holds its pipes. */
const lastWordsMs = 200
/** The largest message of a server. */
const messageBytes = 10 * 1024 * 1024

export function createMcpProcess(options: McpProcessOptions): McpProcess {
  const { command, args, cwd, env, clock } = options
  const ended = Promise.withResolvers<void>()
  let starting: Promise<ProcessGroup | Error> | undefined
  let group: ProcessGroup | undefined
  let exited = false
  let isLost = false
  let disconnected = false
  let reason: string | undefined
  /** What is the matter with its pipes. It may just be ending, and how it ended says more. */
  let broken: string | undefined
  type RequestId = string | number
  /** The request whose cancellation was last sent. */
  let cancelledId: RequestId | undefined
  /** Who waits for an answer that the SDK waits for no more. */
  const late = new Map<RequestId, () => void>()

  function lose(why: string | undefined): void {
    reason ??= why
    if (isLost) return
    isLost = true
    options.lost()
  }

  /** Fails the calls in flight and lets go of the pipes, whoever holds their other ends. */
  function disconnect(): void {
    if (disconnected) return
    disconnected = true
    for (const pipe of group?.child.stdio ?? []) pipe?.destroy()
    transport.onclose?.()
    for (const over of late.values()) over()
  }

  function giveUp(why: string): void {
    if (exited) return
    lose(why)
    group?.kill()
    disconnect()
  }

  function giveUpNow(why: string): void {
    if (exited) return
    lose(why)
    group?.killNow()
    disconnect()
  }

  function hear(message: JSONRPCMessage): void {
    if ('id' in message && !('method' in message)) late.get(message.id!)?.()
    transport.onmessage?.(message)
  }

  function watch({ child, killNow, kill }: ProcessGroup, read: (data: Buffer) => void): void {
    child.stdout!.on('data', read)
    child.stderr!.on('data', options.says)
    for (const pipe of child.stdio) pipe?.on('error', (error) => transport.onerror?.(error))
    const breaks = (what: string) => () => {
      broken ??= what
      lose(undefined)
      if (reason === undefined) kill()
    }
    child.stdin!.once('error', breaks('it closed its input'))
    child.stdout!.once('end', breaks('it closed its output'))
    child.once('exit', (code, signal) => {
      exited = true
      killNow()
      lose(signal === null ? `it ended with exit code ${code}` : (broken ?? `it was ended by ${signal}`))
      ended.resolve()
      // What it wrote before its end is still to be read.
      const timer = clock.after(lastWordsMs, disconnect)
      child.once('close', () => {
        timer.cancel()
        disconnect()
      })
    })
  }

  const transport: McpProcess = {
    ended: ended.promise,
    async start() {
      const { ReadBuffer } = await import('@modelcontextprotocol/client')
      if (reason !== undefined) throw new Error(reason)
      starting = startGroup({ program: command, argv: args, cwd, env, stdin: '', keepStdin: true, clock })
      const started = await starting
      if (started instanceof Error) {
        ended.resolve()
        throw started
      }
      group = started
      // Given up meanwhile.
      if (reason !== undefined) group.killNow()
      const buffer = new ReadBuffer({ maxBufferSize: messageBytes })
      watch(group, (data) => {
        if (disconnected) return
        try {
          buffer.append(data)
        } catch {
          return giveUp(`it sent a message of more than ${messageBytes} bytes`)
        }
        for (let more = true; more; ) {
          try {
            const message = buffer.readMessage()
            if (message === null) more = false
            else hear(message)
          } catch (error) {
            transport.onerror?.(error as Error)
          }
        }
      })
    },
    send: (message: JSONRPCMessage) =>
      new Promise((resolve, reject) => {
        if (group === undefined || reason !== undefined) return reject(new Error(reason ?? 'it is not started'))
        if ('method' in message && message.method === 'notifications/cancelled')
          cancelledId = (message.params as { requestId: RequestId }).requestId
        group.child.stdin!.write(`${JSON.stringify(message)}\n`, (cause) =>
          cause ? reject(new Error('it closed its input', { cause })) : resolve(),
        )
      }),
    pid: () => group?.pid,
    reason: () => reason ?? broken,
    giveUp,
    giveUpNow,
    cancelled(cancel) {
      cancelledId = undefined
      // The SDK sends the notification before this returns, and does not say for which request.
      cancel()
      const id = cancelledId
      if (id === undefined || disconnected) return Promise.resolve()
      return new Promise((resolve) => {
        late.set(id, () => {
          late.delete(id)
          resolve()
        })
      })
    },
    async close() {
      lose('it was closed')
      await starting
      // Not started yet: it will not be.
      if (group === undefined) return ended.resolve()
      group.child.stdin!.end()
      const timer = clock.after(closeGraceMs, group.kill)
      await ended.promise
      timer.cancel()
    },
  }
  return transport
}
