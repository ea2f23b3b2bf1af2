// The typed client: every route of the table, none by hand.
import { isTooDeep, tooDeep } from '@xerotier/protocol/depth.ts'
import type { RouteId } from '@xerotier/protocol/routes.ts'
import { parseBaseUrl } from './address.ts'
import { ConnectionError } from './api-error.ts'
import { bodyOf } from './body.ts'
import type {
  Answer,
  BytesId,
  CallArguments,
  CallId,
  CallInput,
  Item,
  LooseInput,
  PageId,
  StreamId,
} from './call-types.ts'
import { type EventStreamOptions, eventStream, type StreamEvent } from './event-stream.ts'
import { exchange } from './exchange.ts'
import { pageItems } from './pages.ts'
import { type PlannedRequest, planRequest } from './request.ts'
import { defaultRetryPolicy, type RetryPolicy, retryDelay } from './retry.ts'
import { routeData } from './routes.data.ts'
import { pause, type Surroundings, systemSurroundings } from './surroundings.ts'

export interface ClientOptions {
  /** Project-scoped, ends in /v1. */
  baseUrl: string
  apiKey?: string | undefined
  /** For one whole exchange unless the call says otherwise. Milliseconds; default 30 s. */
  timeoutMs?: number
  retry?: RetryPolicy
  /** Told before each wait for another attempt. */
  onRetry?: (error: unknown, delayMs: number) => void
  surroundings?: Surroundings
}

/** A whole answer. */
export interface Reply<T> {
  status: number
  data: T
  /** `X-Request-ID`. */
  requestId: string | null
}

export interface Bytes {
  body: ReadableStream<Uint8Array>
  contentType: string | null
  requestId: string | null
}

export interface Client {
  /** Project in the base URL: slug or id. */
  readonly project: string
  readonly origin: string
  /** Calls a route and answers its body. @throws ApiError, ConnectionError */
  call<Id extends CallId>(id: Id, ...input: CallArguments<Id>): Promise<Answer<Id>>
  /** The same with status and request id. */
  ask<Id extends CallId>(id: Id, ...input: CallArguments<Id>): Promise<Reply<Answer<Id>>>
  /** Every item of a list, page after page, until `most` are read. */
  items<Id extends PageId>(id: Id, input: CallInput<Id>, most?: number): AsyncGenerator<Item<Id>>
  /**
   * The bytes of an answer, as they arrive.
   * @throws ApiError, ConnectionError; the latter also while they are read
   */
  bytes<Id extends BytesId>(id: Id, ...input: CallArguments<Id>): Promise<Bytes>
  /** Server-sent events; reconnects and resumes until `signal` aborts. */
  events<Id extends StreamId>(id: Id, input: CallInput<Id>, options?: EventStreamOptions): AsyncGenerator<StreamEvent>
  /** What a call would send, for a dry run. It holds the API key. */
  plan<Id extends RouteId>(id: Id, ...input: CallArguments<Id>): PlannedRequest
}

/** @throws TypeError for a base URL that is none. */
export function createClient(options: ClientOptions): Client {
  const address = parseBaseUrl(options.baseUrl)
  const surroundings = options.surroundings ?? systemSurroundings
  const policy = options.retry ?? defaultRetryPolicy
  const timeoutMs = options.timeoutMs ?? 30_000

  const plan = (id: RouteId, input: LooseInput = {}) => planRequest(address, options.apiKey, routeData[id], input)

  async function send<T>(id: RouteId, input: LooseInput, read: (response: Response) => Promise<T> | T): Promise<T> {
    const request = plan(id, input)
    const repeatable = request.method === 'GET' || input.idempotencyKey !== undefined
    for (let attempt = 1; ; attempt++) {
      try {
        return await exchange(
          surroundings,
          request,
          { signal: input.signal, timeoutMs: input.timeoutMs ?? timeoutMs },
          read,
        )
      } catch (error) {
        const delay =
          repeatable && !input.signal?.aborted ? retryDelay(policy, attempt, error, surroundings.random) : undefined
        if (delay === undefined) throw error
        options.onRetry?.(error, delay)
        await pause(surroundings, delay, input.signal)
      }
    }
  }

  const ask = (id: CallId, input: LooseInput = {}) =>
    send(id, input, async (response): Promise<Reply<never>> => {
      const data = routeData[id].answer === 'text' ? await response.text() : await jsonOf(response)
      return { status: response.status, data: data as never, requestId: response.headers.get('x-request-id') }
    })

  return {
    project: address.project,
    origin: address.origin,
    plan: (id, ...[input]) => plan(id, input),
    ask: (id, ...[input]) => ask(id, input),
    call: async (id, ...[input]) => (await ask(id, input)).data,
    items: (id, input, most) => pageItems((query) => ask(id, { ...input, query }), input.query, most),
    bytes: (id, ...[input]) =>
      send(id, input ?? {}, (response) => ({
        body: bodyOf(response, input?.signal),
        contentType: response.headers.get('content-type'),
        requestId: response.headers.get('x-request-id'),
      })),
    events: (id, input, streamOptions) => eventStream(surroundings, plan(id, input), { ...streamOptions, timeoutMs }),
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text()
  const { origin } = new URL(response.url)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ConnectionError(`${origin} answered something that is no JSON`, null, error)
  }
  if (isTooDeep(value)) throw new ConnectionError(`what ${origin} answered ${tooDeep}`, null)
  return value
}
