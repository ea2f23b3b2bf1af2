// One MCP server over stdio: a process of ours that is started when it is needed and again when it has died.
import type { CallToolResult, Client } from '@modelcontextprotocol/client'

import type { Log } from '@xerotier/runtime/log.ts'

export interface McpServerOptions {
  command: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  log: Log
  version: string
}

export interface McpServer {
  tools(): Promise<{ name: string; description?: string | undefined; inputSchema: Record<string, unknown> }[]>
  call(
    name: string,
    args: Record<string, unknown>,
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<CallToolResult>
  /** Ends when its last call is done. Whoever calls it later starts it again. */
  retire(): void
  close(): Promise<void>
}

/** How long a server may take to start and to list its tools. */
const startMs = 30_000
/** A broken pagination must not hold the agent up. */
const pagesMax = 64

export function createMcpServer(options: McpServerOptions): McpServer {
  const { log } = options
  let connection: Promise<Client> | undefined
  let calls = 0
  let retired = false

  async function connect(): Promise<Client> {
    const { command, args, cwd, env } = options
    // Loaded when the first server is: most agents have none, and it is a fifth of their start.
    const [{ Client }, { StdioClientTransport }] = await Promise.all([
      import('@modelcontextprotocol/client'),
      import('@modelcontextprotocol/client/stdio'),
    ])
    const transport = new StdioClientTransport({ command, args: [...args], cwd, env, stderr: 'pipe' })
    // Its stderr is its log, bounded here; what it prints is at the operator's risk, so only at debug level.
    transport.stderr?.on('data', (data: Buffer) =>
      log.debug({ text: data.toString('utf8', 0, 2000) }, 'MCP server says'),
    )
    const client = new Client({ name: 'xerotier-xem-agent', version: options.version })
    client.onerror = (error) => log.debug({ error }, 'MCP server error')
    await client.connect(transport, { timeout: startMs })
    log.debug({ pid: transport.pid }, 'MCP server started')
    return client
  }

  function client(): Promise<Client> {
    if (connection !== undefined) return connection
    const started = connect()
    connection = started
    const forget = () => {
      if (connection === started) connection = undefined
    }
    started.then((live) => {
      live.onclose = () => {
        if (connection === started) log.warning({}, 'MCP server ended; the next call starts it again')
        forget()
      }
    }, forget)
    return started
  }

  async function close(): Promise<void> {
    const last = connection
    connection = undefined
    await last?.then((live) => live.close()).catch(() => {})
  }

  return {
    async tools() {
      const live = await client()
      const tools: Awaited<ReturnType<McpServer['tools']>> = []
      let cursor: string | undefined
      for (let page = 0; page < pagesMax; page++) {
        const answer = await live.listTools(cursor === undefined ? undefined : { cursor }, { timeout: startMs })
        tools.push(...answer.tools)
        cursor = answer.nextCursor
        if (cursor === undefined) break
      }
      return tools
    },
    async call(name, args, { timeoutMs, signal }) {
      calls++
      try {
        const live = await client()
        // The signal is the deadline; this is for a server that does not even heed that.
        return await live.callTool({ name, arguments: args }, { timeout: timeoutMs + 1000, signal })
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
  }
}
