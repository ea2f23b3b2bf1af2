// An MCP server as a bundle: its tools are listed at load, and whatever the bundle does not rate is
// destructive.
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { jsonText } from '../execution/json-text.ts'
import type { ToolsUser } from '../execution/tools-user.ts'
import type { FunctionRun, Tool } from '../tool.ts'
import type { BundleFile } from './bundle-file.ts'
import type { BundleSource, McpSource } from './bundle-schema.ts'
import { credentialRules, environmentRules } from './load-bundle.ts'
import type { Loaded } from './loaded.ts'
import { keepAnswer } from './mcp-answer.ts'
import type { McpListing } from './mcp-connection.ts'
import type { Give } from './mcp-givens.ts'
import type { CheckStructured } from './mcp-output-schema.ts'
import { McpError, type Progress } from './mcp-rpc.ts'
import { createMcpServer, type McpServer } from './mcp-server.ts'
import { isIncluded, listedTool, offeredTool, unknownNames } from './mcp-tool.ts'

export interface McpOptions {
  clock: Clock
  log: Log
  version: string
  /** Whom servers run as; as the agent unless given. */
  toolsUser: ToolsUser | undefined
  /** What a server is given; `credentialsFile` as for a command. */
  give: Give
  /** The credential file that `credentials_ref` names outright, for listing. @throws Fault */
  credentialsFile(rules: Tool['credentials']): string | undefined
}

export interface McpBundle {
  loaded: Loaded
  retire(): void
  close(): Promise<void>
  /** Ends its servers without a grace: before they have had a call. */
  giveUp(): void
}

/** Of the lines that say how far a tool is, at most one in this time. */
const progressMs = 100

/**
 * @param limit aborts with the reason why its server is waited for no longer; what it listed until
 * then counts
 * @throws BundleError when the server does not start or does not list its tools
 */
export async function loadMcpBundle(
  file: BundleFile,
  mcp: McpSource,
  dir: string,
  options: McpOptions,
  limit: AbortSignal,
): Promise<McpBundle> {
  const { source } = file
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
      const { command, args } = mcp
      const { clock, version, toolsUser } = options
      const ready = () => options.give(rules, { credentialsFile, workspace })
      server = createMcpServer({ command, args, cwd: dir, user: toolsUser, ready, clock, log, version })
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

  /** How one of its tools is called. */
  function runOf(name: string, check: CheckStructured): FunctionRun {
    return {
      kind: 'function',
      needsCallback: false,
      environment: rules,
      async invoke({ args, credentialsFile, workspace, write, artifact, signal, atMostOnce }) {
        const server = serverFor(credentialsFile, workspace.workspace)
        const onProgress = progressWriter(options.clock, (line) => write('stderr', line))
        try {
          const answer = await server.call(name, { ...args }, { signal, atMostOnce, onProgress })
          return keepAnswer(answer, check, { write, artifact })
        } catch (error) {
          if (error instanceof McpError && error.data !== undefined) write('stderr', `${jsonText(error.data)}\n`)
          throw explained(error, mcp)
        }
      },
    }
  }

  let listing: McpListing
  try {
    const server = serverFor(options.credentialsFile(credentials), '')
    listing = await unlessAborted(limit, () => server.tools(limit))
  } catch (error) {
    giveUp()
    log.warning({ error }, 'MCP server did not list its tools')
    throw file.errorAt(['mcp'], listingFault(error))
  }
  const loaded = offeredTools({ ...source, mcp }, listing, runOf)
  return {
    loaded,
    retire: () => {
      retired = true
      for (const server of servers.values()) server.retire()
    },
    close,
    giveUp,
  }
}

function listingFault(error: unknown): string {
  if (error instanceof Fault) return error.message
  const reason = error instanceof Error ? error.message : String(error)
  return `the server did not start or did not list its tools: ${cutText(reason, 300)}`
}

/** What of a listing can be offered. */
function offeredTools(
  source: BundleSource & { mcp: McpSource },
  listing: McpListing,
  runOf: (name: string, check: CheckStructured) => FunctionRun,
): Loaded {
  const loaded: Loaded = { tools: [], leftOut: [], warnings: [] }
  const names = new Set<string>()
  for (const [index, entry] of listing.tools.entries()) {
    let name = `number ${index + 1}`
    try {
      const listed = listedTool(entry)
      name = listed.name
      if (names.has(name)) throw new Error('its server lists another of this name before it')
      names.add(name)
      if (isIncluded(name, source.mcp)) loaded.tools.push(offeredTool(listed, source, (check) => runOf(name, check)))
    } catch (error) {
      loaded.leftOut.push({ name, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  loaded.warnings.push(...unknownNames(source.mcp, [...names]))
  if (listing.incomplete !== undefined) loaded.warnings.push(`its server may have more tools: ${listing.incomplete}`)
  return loaded
}

/** Shown as it goes, and bounded: a server may say it a thousand times a second. */
function progressWriter(clock: Clock, write: (line: string) => void): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY
  return ({ progress, total, message }) => {
    if (clock.monotonic() - last < progressMs && progress !== total) return
    last = clock.monotonic()
    const far = total === undefined ? `${progress}` : `${progress} of ${total}`
    write(`[progress ${far}${message === undefined ? '' : `: ${cutText(message, 500)}`}]\n`)
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

function explained(error: unknown, mcp: McpSource): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'EACCES') {
    return new Fault('tool_start_failed', {
      message: `The MCP server "${mcp.command}" could not be started.`,
      cause: error,
    })
  }
  const reason = error instanceof Error ? error.message : String(error)
  const what =
    error instanceof McpError
      ? `The MCP server answered with error ${error.code}: `
      : 'The MCP server did not answer the call: '
  return new Fault('execution_failed', { message: cutText(what + reason, 1000), cause: error })
}
