// One MCP server over stdio: a process of ours that is started when it is needed, and again when it has died or hangs.
import type { CallToolResult, Client } from '@modelcontextprotocol/client'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { createMcpProcess, type McpProcess } from './mcp-process.ts'

export interface McpServerOptions {
  command: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  clock: Clock
  log: Log
  version: string
}

export interface McpServer {
  tools(): Promise<{ name: string; description?: string | undefined; inputSchema: Record<string, unknown> }[]>
  /** @throws Fault `execution_interrupted` when the server is lost while it has a call that may run only once */
  call(name: string, args: Record<string, unknown>, options: McpCallOptions): Promise<CallToolResult>
  /** Ends when its last call is done. Whoever calls it later starts it again. */
  retire(): void
  close(): Promise<void>
  /** Ends it without a grace: before it has had a call. */
  giveUp(reason: string): void
}

export interface McpCallOptions {
  timeoutMs: number
  /** Aborts at the deadline and on cancel. */
  signal: AbortSignal
  /** What the server does not end in time after that ends with the server. */
  atMostOnce: boolean
}

interface Connection {
  client: Client
  process: McpProcess
  /** In flight. */
  calls: number
  /** Under way after a call that the server did not end in time: whether it still answers. The next call waits for it. */
  check: Promise<void> | undefined
  /** It did not. */
  silent: boolean
}

/** How long a server may take to start and to list its tools. */
const startMs = 30_000
/** How long one that let a call run into its deadline may take to answer a ping. */
export const pingMs = 2000
/** How long one may take to answer a call that may run only once after its deadline or cancellation, before it is killed. */
export const lateAnswerMs = 1000
/** A broken pagination must not hold the agent up. */
const pagesMax = 64

export function createMcpServer(options: McpServerOptions): McpServer {
  const { log, clock } = options
  let current: { process: McpProcess; connected: Promise<Connection> } | undefined
  /** All that run: one that takes no more calls may have some in hand, or be at its end. */
  const processes = new Set<McpProcess>()
  let calls = 0
  let retired = false

  function start(): NonNullable<typeof current> {
    const { command, args, cwd, env } = options
    const process = createMcpProcess({
      command,
      args,
      cwd,
      env,
      clock,
      // Its log, bounded here; what it prints is at the operator's risk, so only at debug level.
      says: (data) => log.debug({ text: data.toString('utf8', 0, 2000) }, 'MCP server says'),
      lost: () => forget(process, process.reason()),
    })
    processes.add(process)
    void process.ended.then(() => processes.delete(process))
    const connected = connect(process)
    connected.catch(() => forget(process, 'it did not start'))
    return { process, connected }
  }

  function forget(process: McpProcess, reason: string | undefined): void {
    if (current?.process !== process) return
    current = undefined
    log.warning({ pid: process.pid(), reason }, 'MCP server is lost; the next call starts it again')
  }

  async function connect(process: McpProcess): Promise<Connection> {
    // Loaded when the first server is: most agents have none, and it is a fifth of their start.
    const { Client } = await import('@modelcontextprotocol/client')
    const client = new Client({ name: 'xerotier-xem-agent', version: options.version })
    client.onerror = (error) => log.debug({ error }, 'MCP server error')
    await client.connect(process, { timeout: startMs }).catch((error: unknown) => {
      throw explained(process, error)
    })
    log.debug({ pid: process.pid() }, 'MCP server started')
    return { client, process, calls: 0, check: undefined, silent: false }
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

  /** Whether a server that did not end a call in time is there at all. If not, the next call starts another. */
  async function check(doubted: Connection): Promise<void> {
    const abort = new AbortController()
    const limit = clock.after(pingMs, () => abort.abort())
    // An error is an answer, too.
    await doubted.client.ping({ signal: abort.signal, timeout: startMs }).catch(() => {})
    limit.cancel()
    doubted.check = undefined
    if (!abort.signal.aborted) return
    doubted.silent = true
    forget(doubted.process, 'it does not answer')
    endSilent(doubted)
  }

  /** What takes its calls one after the other does not answer either: it keeps those that it has. */
  function endSilent({ silent, calls, process }: Connection): void {
    if (silent && calls === 0) process.giveUp('it did not answer')
  }

  /** It may run twice, so a server that goes on with it after its end does no harm. */
  async function callFreely(live: Connection, name: string, args: Record<string, unknown>, options: McpCallOptions) {
    const { timeoutMs, signal } = options
    try {
      // The signal is the deadline; this is for a server that does not even heed that.
      return await live.client.callTool({ name, arguments: args }, { timeout: timeoutMs + 1000, signal })
    } catch (error) {
      if (signal.aborted && !live.silent) live.check ??= check(live)
      throw error
    }
  }

  /** Nothing of it goes on after its end, and a server that is lost with it leaves the question whether it ran (law L2). */
  async function callOnce(live: Connection, name: string, args: Record<string, unknown>, options: McpCallOptions) {
    const { timeoutMs, signal } = options
    const cancel = new AbortController()
    let ending: Promise<void> | undefined
    const end = () => {
      ending = endOrKill(live, () => cancel.abort(signal.reason))
    }
    const answer = live.client.callTool({ name, arguments: args }, { timeout: timeoutMs + 1000, signal: cancel.signal })
    signal.addEventListener('abort', end, { once: true })
    try {
      return await answer
    } catch (error) {
      await ending
      const lost = live.process.reason()
      if (lost === undefined || signal.aborted) throw error
      await live.process.ended
      const message = `The MCP server was lost while the call ran (${lost}); whether it took effect is not known.`
      throw new Fault('execution_interrupted', { message, cause: error })
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  async function endOrKill({ process }: Connection, cancel: () => void): Promise<void> {
    const answered = process.cancelled(cancel).then(() => true)
    const limit = Promise.withResolvers<false>()
    const timer = clock.after(lateAnswerMs, () => limit.resolve(false))
    const inTime = await Promise.race([answered, limit.promise])
    timer.cancel()
    if (!inTime) process.giveUpNow('it was killed, as it did not end another call in time')
    if (process.reason() !== undefined) await process.ended
  }

  async function close(): Promise<void> {
    current = undefined
    await Promise.all([...processes].map((process) => process.close()))
  }

  return {
    async tools() {
      const { client } = await connection()
      const tools: Awaited<ReturnType<McpServer['tools']>> = []
      let cursor: string | undefined
      for (let page = 0; page < pagesMax; page++) {
        const answer = await client.listTools(cursor === undefined ? undefined : { cursor }, { timeout: startMs })
        tools.push(...answer.tools)
        cursor = answer.nextCursor
        if (cursor === undefined) break
      }
      return tools
    },
    async call(name, args, options) {
      calls++
      try {
        const live = await connection()
        options.signal.throwIfAborted()
        live.calls++
        try {
          return await (options.atMostOnce ? callOnce : callFreely)(live, name, args, options)
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

/** That a connection is closed says little; how its server ended says why. */
function explained(process: McpProcess, error: unknown): unknown {
  if (error instanceof Fault) return error
  const reason = process.reason()
  return reason === undefined ? error : new Error(reason, { cause: error })
}
