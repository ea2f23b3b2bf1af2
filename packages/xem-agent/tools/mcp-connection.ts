// What is said to one process of an MCP server: how it is greeted, lists its tools, and ends a
// call.

import { Fault } from '@xerotier/protocol/errors.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { McpProcess } from './mcp-process.ts'
import type { McpRequest, McpRpc } from './mcp-rpc.ts'

export interface Connection {
  rpc: McpRpc
  process: McpProcess
  hasTools: boolean
  /** In flight. */
  calls: number
  /**
   * Under way after a call that the server did not end in time: whether it still answers. The next
   * call waits for it.
   */
  check: Promise<void> | undefined
  /** It did not. */
  silent: boolean
}

export interface McpListing {
  /** As the server wrote them. */
  tools: unknown[]
  /** Why there may be more. */
  incomplete: string | undefined
}

/** How long a server may take to start, and to list a page of its tools. */
const startMs = 30_000
/**
 * How long one may take to answer a call that may run only once after its deadline or cancellation,
 * before it is killed.
 */
export const lateAnswerMs = 1000
/** A broken pagination must not hold the agent up. */
const pagesMax = 1000
/** Tools are the same in all of them. */
const versions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07']
/** @throws when it does not start, or does not say that it is ready */
export async function connect(
  process: McpProcess,
  rpc: McpRpc,
  { clock, version }: { clock: Clock; version: string },
): Promise<Connection> {
  try {
    await process.start()
    const clientInfo = { name: 'xerotier-xem-agent', version }
    const hello = { protocolVersion: versions[0], capabilities: {}, clientInfo }
    const welcome = await within(clock, rpc.request('initialize', hello), 'it did not answer in time')
    if (!isRecord(welcome)) throw new Error('its answer to initialize is none')
    if (!versions.includes(String(welcome.protocolVersion)))
      throw new Error(`it speaks version ${String(welcome.protocolVersion).slice(0, 40)} of MCP, which we do not`)
    rpc.notify('notifications/initialized')
    const hasTools = isRecord(welcome.capabilities) && welcome.capabilities.tools !== undefined
    return { rpc, process, hasTools, calls: 0, check: undefined, silent: false }
  } catch (error) {
    throw explained(process, error)
  }
}

/** @throws Error with this reason when it takes longer than `startMs` */
async function within(clock: Clock, request: McpRequest, reason: string): Promise<unknown> {
  const timer = clock.after(startMs, () => request.cancel(new Error(reason)))
  try {
    return await request.answer
  } finally {
    timer.cancel()
  }
}

/** Page after page. One that fails leaves those before it. */
export async function listTools({ rpc, hasTools }: Connection, limit: AbortSignal, clock: Clock): Promise<McpListing> {
  const tools: unknown[] = []
  const cursors = new Set<unknown>()
  let cursor: unknown
  while (hasTools) {
    if (cursors.size >= pagesMax) return { tools, incomplete: `the server has more than ${pagesMax} pages of tools` }
    try {
      const request = rpc.request('tools/list', cursor === undefined ? {} : { cursor })
      const page = await within(clock, untilAborted(request, limit), 'it did not list its tools in time')
      if (!isRecord(page) || !Array.isArray(page.tools)) throw new Error('its answer to tools/list has no tools')
      // Not push(...): a page may have more than a call can have arguments.
      for (const tool of page.tools) tools.push(tool)
      cursor = page.nextCursor
    } catch (error) {
      if (cursor === undefined) throw error
      return { tools, incomplete: error instanceof Error ? error.message : String(error) }
    }
    if (cursor === undefined || cursor === null) break
    if (cursors.has(cursor)) return { tools, incomplete: 'the server names the same page of tools again and again' }
    cursors.add(cursor)
  }
  return { tools, incomplete: undefined }
}

function untilAborted(request: McpRequest, limit: AbortSignal): McpRequest {
  const end = () => request.cancel(new Error(String(limit.reason)))
  if (limit.aborted) end()
  limit.addEventListener('abort', end, { once: true })
  const over = () => limit.removeEventListener('abort', end)
  request.answer.then(over, over)
  return request
}

/**
 * Nothing of it goes on after its end, and a server that is lost with it leaves the question
 * whether it ran (law L2).
 */
export async function callOnce(
  live: Connection,
  request: McpRequest,
  signal: AbortSignal,
  clock: Clock,
): Promise<unknown> {
  let ending: Promise<void> | undefined
  const end = () => {
    request.cancel(signal.reason)
    ending = killUnlessSettled(live, request, clock)
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    return await request.answer
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

async function killUnlessSettled({ process }: Connection, request: McpRequest, clock: Clock): Promise<void> {
  const limit = Promise.withResolvers<false>()
  const timer = clock.after(lateAnswerMs, () => limit.resolve(false))
  const inTime = await Promise.race([request.settled.then(() => true), limit.promise])
  timer.cancel()
  if (!inTime) process.giveUpNow('it was killed, as it did not end another call in time')
  if (process.reason() !== undefined) await process.ended
}

/** That a connection is closed says little; how its server ended says why. */
export function explained(process: McpProcess, error: unknown): unknown {
  if (error instanceof Fault) return error
  const reason = process.reason()
  return reason === undefined ? error : new Error(reason, { cause: error })
}
