// An MCP server as a bundle: its tools are listed at load, and whatever the bundle does not rate is destructive.
import type { CallToolResult } from '@modelcontextprotocol/client'
import { Fault } from '@xerotier/protocol/errors.ts'
import { toolNameSchema } from '@xerotier/protocol/ids.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Answer, EnvironmentRules, Tool } from '../tool.ts'
import { BundleError, type BundleFile } from './bundle-file.ts'
import type { McpSource } from './bundle-schema.ts'
import { compileInputSchema, defaultsOf } from './input-schema.ts'
import { credentialRules, describe, environmentRules } from './load-bundle.ts'
import { createMcpServer, type McpServer } from './mcp-server.ts'

export interface McpOptions {
  clock: Clock
  log: Log
  version: string
  /** The environment of a server; `credentialsFile` as for a command. */
  environment(
    rules: EnvironmentRules,
    use: { credentialsFile: string | undefined; workspace: string },
  ): Record<string, string>
  /** The credential file that `credentials_ref` names outright, for listing. @throws Fault */
  credentialsFile(rules: Tool['credentials']): string | undefined
}

export interface McpBundle {
  tools: Tool[]
  retire(): void
  close(): Promise<void>
  /** Ends its servers without a grace: before they have had a call. */
  giveUp(): void
}

type ListedTool = Awaited<ReturnType<McpServer['tools']>>[number]

/**
 * @param limit aborts with the reason why its server is waited for no longer
 * @throws BundleError when the server does not start, list its tools, or has none that can be offered.
 */
export async function loadMcpBundle(
  file: BundleFile,
  dir: string,
  options: McpOptions,
  limit: AbortSignal,
): Promise<McpBundle> {
  const { source } = file
  const mcp = source.mcp!
  const log = options.log.with({ bundle: source.name })
  const rules = environmentRules(source)
  const credentials = credentialRules(source)
  // One process for each credential file: a server keeps the identity with which it started.
  const servers = new Map<string, McpServer>()
  let retired = false
  const serverFor = (credentialsFile: string | undefined, workspace: string): McpServer => {
    const usesWorkspace = Object.values(rules.env).some((value) => value.includes('{workspace}'))
    const key = `${credentialsFile ?? ''}\0${usesWorkspace ? workspace : ''}`
    let server = servers.get(key)
    if (server === undefined) {
      const env = options.environment(rules, { credentialsFile, workspace })
      const { command, args } = mcp
      const { clock, version } = options
      server = createMcpServer({ command, args, cwd: dir, env, clock, log, version })
      servers.set(key, server)
      // A call of the bundle as it was before a reload: its server goes with it.
      if (retired) server.retire()
    }
    return server
  }
  const close = async () => void (await Promise.all([...servers.values()].map((server) => server.close())))
  const giveUp = () => {
    for (const server of servers.values()) server.giveUp('its bundle was not loaded')
  }

  let listed: ListedTool[]
  try {
    const server = serverFor(options.credentialsFile(credentials), '')
    listed = await unlessAborted(limit, () => server.tools())
  } catch (error) {
    giveUp()
    log.warning({ error }, 'MCP server did not list its tools')
    const reason =
      error instanceof Fault ? error.message : 'the server did not start or did not list its tools; see the log'
    throw file.errorAt(['mcp'], reason)
  }
  const tools = listed.flatMap((tool) => {
    try {
      return [toTool(tool)]
    } catch (error) {
      log.warning(
        { tool: tool.name.slice(0, 128), reason: (error as Error).message },
        'tool of an MCP server is not offered',
      )
      return []
    }
  })
  const rated = new Set(listed.map((tool) => tool.name))
  const unknown = [...Object.keys(mcp.risks), ...mcp.idempotent].find((name) => !rated.has(name))
  if (unknown !== undefined) log.warning({ tool: unknown }, 'the bundle rates a tool that its server does not have')

  function toTool(tool: ListedTool): Tool {
    const name = mcp.prefix + tool.name
    if (!toolNameSchema.safeParse(name).success)
      throw new BundleError('its name is not made of letters, digits, _ and -')
    // The draft that an author's generator writes there says nothing about the arguments.
    const { $schema: _, ...schema } = tool.inputSchema
    const checkArgs = compileInputSchema(schema, 'lenient')
    const description = (tool.description ?? tool.name).slice(0, 2000)
    return {
      descriptor: describe(source, {
        name,
        description: description === '' ? tool.name : description,
        risk: mcp.risks[tool.name] ?? 'destructive',
        input_schema: schema,
        timeout_ms: mcp.timeout_ms,
        idempotent: mcp.idempotent.includes(tool.name),
        mcp_visible: true,
      }),
      checkArgs,
      defaults: defaultsOf(schema),
      credentials,
      run: {
        kind: 'function',
        needsCallback: false,
        environment: rules,
        async invoke({ args, credentialsFile, workspace, write, ...options }) {
          const server = serverFor(credentialsFile, workspace.workspace)
          const answer = await server.call(tool.name, { ...args }, options).catch((error: unknown) => {
            throw explained(error, mcp)
          })
          return toAnswer(answer, write)
        },
      },
    }
  }

  return {
    tools,
    retire: () => {
      retired = true
      for (const server of servers.values()) server.retire()
    },
    close,
    giveUp,
  }
}

/** @throws Fault with the reason of the limit */
async function unlessAborted<T>(limit: AbortSignal, work: () => Promise<T>): Promise<T> {
  const over = () => new Fault('execution_failed', { message: String(limit.reason) })
  if (limit.aborted) throw over()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(over())
  limit.addEventListener('abort', abort)
  try {
    return await Promise.race([work(), aborted.promise])
  } finally {
    limit.removeEventListener('abort', abort)
  }
}

/** Text goes out as output, structured content as the result. */
function toAnswer(answer: CallToolResult, write: (stream: 'stdout', text: string) => void): Answer {
  for (const part of answer.content ?? []) {
    write('stdout', part.type === 'text' ? `${part.text}\n` : `[${part.type} content is not kept]\n`)
  }
  const result = answer.structuredContent ?? null
  return answer.isError === true ? { result, failed: 'The tool says that it failed; its output says why.' } : { result }
}

function explained(error: unknown, mcp: McpSource): Fault {
  if (error instanceof Fault) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'EACCES') {
    return new Fault('tool_start_failed', {
      message: `The MCP server "${mcp.command}" could not be started.`,
      cause: error,
    })
  }
  return new Fault('execution_failed', {
    message: `The MCP server did not answer the call: ${(error as Error).message}`.slice(0, 1000),
    cause: error,
  })
}
