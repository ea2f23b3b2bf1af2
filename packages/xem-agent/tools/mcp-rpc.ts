// JSON-RPC 2.0 with an MCP server, https://modelcontextprotocol.io/specification/2025-11-25/basic:
// requests and their answers as they were sent, progress, cancellation. What a server asks of its
// client is refused: we offer nothing.

import { isRecord } from '@xerotier/protocol/record.ts'
import { keepExact } from './exact-answer.ts'

/** An answer with `error`: the server heard the request. */
export class McpError extends Error {
  readonly code: number
  readonly data: unknown
  constructor(code: number, message: string, data: unknown) {
    super(message)
    this.name = 'McpError'
    this.code = code
    this.data = data
  }
}

export interface Progress {
  progress: number
  total: number | undefined
  message: string | undefined
}

export interface McpRequest {
  /**
   * The `result` as the server wrote it. Rejects with McpError, or the reason of `cancel` or
   * `fail`.
   */
  answer: Promise<unknown>
  /** Resolves when the server has answered, cancelled or not, or is lost. */
  settled: Promise<void>
  /** Tells the server, and ends `answer` with this reason. */
  cancel(reason: unknown): void
}

export interface McpRpc {
  request(method: string, params: Record<string, unknown>, onProgress?: (progress: Progress) => void): McpRequest
  notify(method: string, params?: Record<string, unknown>): void
  /** A message of the server, and its line where that says more than JSON.parse reads. */
  hear(message: unknown, exact?: string): void
  /** Ends all requests with this reason, now and from now on. */
  fail(reason: Error): void
}

export interface McpRpcOptions {
  /** Writes one message. */
  send(message: object): void
  /**
   * Whether the server reads what it is sent. When it does not, its own requests are not answered.
   */
  isListening(): boolean
}

interface Pending {
  resolve(result: unknown): void
  reject(error: unknown): void
  settled(): void
  onProgress: ((progress: Progress) => void) | undefined
}

const methodNotFound = -32601

export function createMcpRpc({ send, isListening }: McpRpcOptions): McpRpc {
  const pending = new Map<number, Pending>()
  let failed: Error | undefined
  let lastId = 0

  function settle(message: Record<string, unknown>, exact: string | undefined): void {
    const id = Number(message.id)
    const one = pending.get(id)
    if (one === undefined) return
    pending.delete(id)
    if (isRecord(message.error)) {
      const { code, message: text, data } = message.error
      one.reject(new McpError(Number(code), String(text), data))
    } else {
      if (exact !== undefined) keepExact(message.result, exact)
      one.resolve(message.result)
    }
    one.settled()
  }

  function answerServer({ id, method }: Record<string, unknown>): void {
    if (!isListening()) return
    const answer = method === 'ping' ? { result: {} } : { error: { code: methodNotFound, message: 'Method not found' } }
    send({ jsonrpc: '2.0', id, ...answer })
  }

  function hearProgress(params: unknown): void {
    if (!isRecord(params)) return
    const { progress, total, message, progressToken } = params
    pending.get(Number(progressToken))?.onProgress?.({
      progress: typeof progress === 'number' ? progress : 0,
      total: typeof total === 'number' ? total : undefined,
      message: typeof message === 'string' ? message : undefined,
    })
  }

  function notify(method: string, params?: Record<string, unknown>): void {
    send({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) })
  }

  function hear(message: unknown, exact?: string): void {
    // Versions before 2025-06-18 know batches, and none a batch in a batch.
    for (const one of Array.isArray(message) ? message : [message]) if (isRecord(one)) hearOne(one, exact)
  }

  function hearOne(message: Record<string, unknown>, exact: string | undefined): void {
    if (typeof message.method !== 'string') settle(message, exact)
    else if (message.id !== undefined) answerServer(message)
    else if (message.method === 'notifications/progress') hearProgress(message.params)
  }

  return {
    notify,
    hear,
    request(method, params, onProgress) {
      const answer = Promise.withResolvers<unknown>()
      const settled = Promise.withResolvers<void>()
      const id = ++lastId
      if (failed !== undefined) {
        answer.reject(failed)
        settled.resolve()
      } else {
        const { resolve, reject } = answer
        pending.set(id, { resolve, reject, settled: settled.resolve, onProgress })
        const token = onProgress === undefined ? {} : { _meta: { progressToken: id } }
        send({ jsonrpc: '2.0', id, method, params: { ...params, ...token } })
      }
      return {
        answer: answer.promise,
        settled: settled.promise,
        cancel(reason) {
          answer.reject(reason)
          const one = pending.get(id)
          if (one === undefined) return
          one.onProgress = undefined
          notify('notifications/cancelled', { requestId: id, reason: 'The call was ended by its client.' })
        },
      }
    },
    fail(reason) {
      failed ??= reason
      for (const one of pending.values()) {
        one.reject(failed)
        one.settled()
      }
      pending.clear()
    },
  }
}
