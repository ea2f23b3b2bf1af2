// Server-sent events that survive cuts: resume with
// Last-Event-ID, back off, and take silence for a cut.

import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ApiError, ConnectionError } from './api-error.ts'
import { exchange, explain } from './exchange.ts'
import { inHeader, type PlannedRequest } from './request.ts'
import { isPassing } from './retry.ts'
import { streamData } from './streams.data.ts'
import { pause, type Surroundings } from './surroundings.ts'

export interface StreamEvent {
  /** Resumes the stream behind this event; undefined before the first one that has an id. */
  id: string | undefined
  event: string
  data: string
}

export type StreamState =
  | { state: 'connected'; requestId: string | null }
  | { state: 'lost'; error: unknown; retryInMs: number }

export interface EventStreamOptions {
  /** Ends the stream without an error. */
  signal?: AbortSignal
  /** Start behind this event. */
  lastEventId?: string
  onState?: (state: StreamState) => void
  /**
   * No byte for this long means that the connection is dead. Default: two heartbeats and a half.
   */
  silenceMs?: number
  /**
   * Told when nothing is heard for longer than a router stays silent: 3 s before the first byte of
   * a connection, a heartbeat and a third later; then every 3 s until something is heard. A proxy
   * that buffers looks like that, so ask the record.
   */
  onQuiet?: () => void
  /** Failed connections in a row before giving up. Default 20, about four minutes. */
  attempts?: number
}

/** A router greets at once. */
const greetingMs = 3_000
const firstDelayMs = 500
const longestDelayMs = 15_000
/** Attempts at the first connection: somebody waits, and nothing is lost yet by saying no. */
const firstAttempts = 3
/** One event; more is no router of ours. */
const eventCharacters = 8 * 1024 * 1024

/**
 * Events until the signal aborts. A cut, a silence or a clean
 * end leads to a new connection behind the last event seen.
 * @throws InputError for a `lastEventId` that no header can carry; ApiError when the router
 * refuses; ConnectionError when the first connection or `attempts` in a row fail.
 */
export async function* eventStream(
  surroundings: Surroundings,
  request: PlannedRequest,
  options: EventStreamOptions & { timeoutMs: number },
): AsyncGenerator<StreamEvent> {
  let lastEventId = options.lastEventId === undefined ? undefined : inHeader(options.lastEventId, 'last event id')
  let failures = 0
  let everConnected = false
  let firstDelay = firstDelayMs
  const retry = (ms: number) => (firstDelay = ms)
  while (!options.signal?.aborted) {
    const cut = new AbortController()
    const onAbort = () => cut.abort(options.signal?.reason)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    let lost: unknown = new ConnectionError('the stream ended', null)
    const quiet = quietTimer(surroundings, options.onQuiet)
    try {
      const headers = lastEventId === undefined ? request.headers : { ...request.headers, 'last-event-id': lastEventId }
      const opening = { signal: cut.signal, timeoutMs: options.timeoutMs }
      const response = await exchange(surroundings, { ...request, headers }, opening, (answer) => answer)
      everConnected = true
      options.onState?.({ state: 'connected', requestId: response.headers.get('x-request-id') })
      for await (const message of messagesOf(surroundings, response, cut, options, { heard: quiet.heard, retry })) {
        failures = 0
        lastEventId = message.id ?? lastEventId
        yield { id: lastEventId, event: message.event ?? 'message', data: message.data }
        if (options.signal?.aborted) return
      }
    } catch (error) {
      if (options.signal?.aborted) return
      lost = explain(error, request.url, cut.signal)
      if (!isPassing(lost) || (!everConnected && failures + 1 >= firstAttempts)) throw lost
    } finally {
      // Also when the reader stops reading: the connection must not outlive the loop.
      cut.abort()
      quiet.cancel()
      options.signal?.removeEventListener('abort', onAbort)
    }
    if (options.signal?.aborted) return
    failures++
    if (failures > (options.attempts ?? 20)) throw lost
    const grown = Math.min(firstDelay * 2 ** (failures - 1), longestDelayMs)
    const asked = lost instanceof ApiError && lost.retryAfter !== undefined ? lost.retryAfter * 1000 : 0
    if (!everConnected && asked > longestDelayMs) throw lost
    // Never earlier than asked: that is to be refused again.
    const delay = Math.max(asked, grown * (0.5 + surroundings.random() / 2))
    options.onState?.({ state: 'lost', error: lost, retryInMs: delay })
    await pause(surroundings, delay, options.signal)
  }
}

/** The events of one connection. @throws when it is cut or falls silent. */
async function* messagesOf(
  surroundings: Surroundings,
  response: Response,
  cut: AbortController,
  options: EventStreamOptions,
  told: { heard: () => void; retry: (ms: number) => void },
): AsyncGenerator<EventSourceMessage> {
  if (response.body === null) return
  const silenceMs = options.silenceMs ?? streamData.heartbeatSeconds * 2500
  const ready: EventSourceMessage[] = []
  const parser = createParser({
    onEvent: (message) => ready.push(message),
    onRetry: told.retry,
    maxBufferSize: eventCharacters,
  })
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  while (true) {
    const silence = surroundings.after(silenceMs, () =>
      cut.abort(new ConnectionError(`nothing heard for ${silenceMs / 1000} s`, 'timeout')),
    )
    const { done, value } = await reader.read().finally(() => silence.cancel())
    if (done) return
    told.heard()
    parser.feed(decoder.decode(value, { stream: true }))
    yield* ready.splice(0)
  }
}

/** Runs `onQuiet` as long as nothing is heard. */
function quietTimer(surroundings: Surroundings, onQuiet: (() => void) | undefined) {
  if (onQuiet === undefined) return { heard() {}, cancel() {} }
  const wait = (ms: number) =>
    surroundings.after(ms, () => {
      timer = wait(greetingMs)
      onQuiet()
    })
  let timer = wait(greetingMs)
  return {
    heard() {
      timer.cancel()
      timer = wait((streamData.heartbeatSeconds * 4000) / 3)
    },
    cancel: () => timer.cancel(),
  }
}
