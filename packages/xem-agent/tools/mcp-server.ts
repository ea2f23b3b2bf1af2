// One MCP server over stdio: started when it is needed, and again when it has died or hangs.
import { roundedNumbers } from '@xerotier/protocol/rounded-numbers.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { ToolsUser } from '../execution/tools-user.ts'
import { type Connection, callOnce, connect, explained, listTools, type McpListing } from './mcp-connection.ts'
import type { McpGivens } from './mcp-givens.ts'
import { createMcpProcess, type McpProcess } from './mcp-process.ts'
import { createMcpRpc, type McpRequest, type McpRpc, type Progress } from './mcp-rpc.ts'

export interface McpServerOptions {
  command: string
  args: readonly string[]
  cwd: string
  /** Whom it runs as; as the agent unless given. */
  user: ToolsUser | undefined
  /** What each process of it is given. */
  ready(): Promise<McpGivens>
  clock: Clock
  log: Log
  version: string
}

export interface McpServer {
  /** @param limit ends the listing; what was listed until then counts */
  tools(limit: AbortSignal): Promise<McpListing>
  /**
   * The result as the server wrote it.
   * @throws McpError for an answer that is an error; Fault `execution_interrupted` when the server
   * is lost while it has a call that may run only once
   */
  call(name: string, args: Record<string, unknown>, options: McpCallOptions): Promise<unknown>
  /** Ends when its last call is done. Whoever calls it later starts it again. */
  retire(): void
  close(): Promise<void>
  /** Ends it without a grace: before it has had a call. */
  giveUp(reason: string): void
}

export interface McpCallOptions {
  /** Aborts at the deadline and on cancel. */
  signal: AbortSignal
  /** What the server does not end in time after that ends with the server. */
  atMostOnce: boolean
  onProgress?: ((progress: Progress) => void) | undefined
}

/** How long one that let a call run into its deadline may take to answer a ping. */
export const pingMs = 2000
/** What a server may leave unread before its own requests are no longer answered. */
const unreadBytes = 1024 * 1024

export function createMcpServer(options: McpServerOptions): McpServer {
  const { log, clock } = options
  let current: { process: McpProcess; connected: Promise<Connection> } | undefined
  /** All that run: one that takes no more calls may have some in hand, or be at its end. */
  const processes = new Set<McpProcess>()
  let calls = 0
  let retired = false

  function start(): NonNullable<typeof current> {
    const { command, args, cwd, user, ready } = options
    const process = createMcpProcess({
      command,
      args,
      cwd,
      user,
      ready,
      clock,
      hear: (line) => hear(rpc, line, log),
      // Its log, bounded here; what it prints is at the operator's risk, so only at debug level.
      says: (data) => log.debug({ text: data.toString('utf8', 0, 2000) }, 'MCP server says'),
      lost: () => forget(process, process.reason()),
      disconnected: () => rpc.fail(new Error(process.reason() ?? 'it is gone')),
    })
    const rpc = createMcpRpc({ send: process.send, isListening: () => process.unread() < unreadBytes })
    processes.add(process)
    void process.ended.then(() => processes.delete(process))
    const connected = connect(process, rpc, options)
    connected.then(
      () => log.debug({ pid: process.pid() }, 'MCP server started'),
      () => forget(process, 'it did not start'),
    )
    return { process, connected }
  }

  function forget(process: McpProcess, reason: string | undefined): void {
    if (current?.process !== process) return
    current = undefined
    log.warning({ pid: process.pid(), reason }, 'MCP server is lost; the next call starts it again')
  }

  /** A connection that is not in doubt. */
  async function connection(): Promise<Connection> {
    for (;;) {
      current ??= start()
      const found = await current.connected
      if (found.check === undefined) return found
      await found.check
    }
  }

  /**
   * Whether a server that did not end a call in time is there at all. If not, the next call starts
   * another.
   */
  async function check(doubted: Connection): Promise<void> {
    const ping = doubted.rpc.request('ping', {})
    const late = Symbol('late')
    const limit = clock.after(pingMs, () => ping.cancel(late))
    // An error is an answer, too.
    const isLate = await ping.answer.then(
      () => false,
      (error: unknown) => error === late,
    )
    limit.cancel()
    doubted.check = undefined
    if (!isLate) return
    doubted.silent = true
    forget(doubted.process, 'it does not answer')
    endSilent(doubted)
  }

  /**
   * What takes its calls one after the other does not answer either: it keeps those that it has.
   */
  function endSilent({ silent, calls, process }: Connection): void {
    if (silent && calls === 0) process.giveUp('it did not answer')
  }

  /** It may run twice, so a server that goes on with it after its end does no harm. */
  async function callFreely(live: Connection, request: McpRequest, signal: AbortSignal): Promise<unknown> {
    const end = () => request.cancel(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    try {
      return await request.answer
    } catch (error) {
      if (signal.aborted && !live.silent) live.check ??= check(live)
      throw error
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  async function close(): Promise<void> {
    current = undefined
    await Promise.all([...processes].map((process) => process.close()))
  }

  return {
    async tools(limit) {
      const live = await connection()
      try {
        return await listTools(live, limit, clock)
      } catch (error) {
        throw explained(live.process, error)
      }
    },
    async call(name, args, { signal, atMostOnce, onProgress }) {
      calls++
      try {
        const live = await connection()
        signal.throwIfAborted()
        live.calls++
        try {
          const request = live.rpc.request('tools/call', { name, arguments: args }, onProgress)
          return atMostOnce ? await callOnce(live, request, signal, clock) : await callFreely(live, request, signal)
        } catch (error) {
          throw explained(live.process, error)
        } finally {
          live.calls--
          endSilent(live)
        }
      } finally {
        calls--
        if (retired && calls === 0) void close()
      }
    },
    retire() {
      retired = true
      if (calls === 0) void close()
    },
    close,
    giveUp(reason) {
      current = undefined
      for (const process of processes) process.giveUpNow(reason)
    },
  }
}

/** Whatever else it prints there is no message. */
function hear(rpc: McpRpc, line: string, log: Log): void {
  const text = line.replace(/^\ufeff/, '')
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    if (line.trim() !== '') log.debug({ text: line.slice(0, 200) }, 'MCP server printed what is no message')
    return
  }
  rpc.hear(message, roundedNumbers(text).next().done ? undefined : text)
}
