// `/ops/stream`, once for all tabs of a browser: the tab that has the lock reads it and tells the
// others. Events make what was asked for stale, and hold no truth of their own.
import { useSyncExternalStore } from 'react'
import { noteHeard } from './heard.ts'
import { basePath, opsUrl } from './place.ts'
import { opsEventNames } from './protocol.data.ts'
import { askSession } from './session.ts'

export interface OpsEvent {
  name: string
  data: Record<string, unknown>
}

type Message = { event: OpsEvent } | { cutAt: number | undefined } | { hello: true } | { heir: true }

const name = `xerotier ${basePath}`
/** Two heartbeats and a half. */
const silenceMs = 75_000
const againMs = 3_000

let cutAt: number | undefined
const stateListeners = new Set<() => void>()
const eventListeners = new Set<(event: OpsEvent) => void>()
/** Told when the stream is back: what was shown may be old. */
const backListeners = new Set<() => void>()

function setCut(at: number | undefined): void {
  if ((at === undefined) === (cutAt === undefined)) return
  const isBack = cutAt !== undefined && at === undefined
  cutAt = at
  for (const listener of stateListeners) listener()
  if (isBack) tellBack()
  // It may be the session that is over: then that is said at once, in every tab.
  else void askSession()
}

function tellBack(): void {
  for (const listener of backListeners) listener()
}

/** Since when nothing is heard; undefined while all is well. */
export function useCutSince(): number | undefined {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    () => cutAt,
  )
}

export function onOpsEvent(listener: (event: OpsEvent) => void): () => void {
  eventListeners.add(listener)
  return () => void eventListeners.delete(listener)
}

export function onBack(listener: () => void): () => void {
  backListeners.add(listener)
  return () => void backListeners.delete(listener)
}

/** Until the function that it returns is called. */
export function followStream(): () => void {
  const stop = new AbortController()
  const channel = new BroadcastChannel(name)
  const hear = (message: Message) => {
    if ('event' in message) for (const listener of eventListeners) listener(message.event)
    else if ('cutAt' in message) setCut(message.cutAt)
    else if ('heir' in message) tellBack()
  }
  const tell = (message: Message) => {
    hear(message)
    channel.postMessage(message)
  }
  let leads = false
  let waited = false
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('hello' in data) {
      if (leads) channel.postMessage({ cutAt } satisfies Message)
    } else hear(data)
  }
  const lead = () => {
    leads = true
    return new Promise<void>((resolve) => {
      const end = read(tell, waited)
      stop.signal.addEventListener('abort', () => {
        end()
        resolve()
      })
    })
  }
  channel.postMessage({ hello: true } satisfies Message)
  // Plain HTTP from another host has no locks: each tab reads for itself.
  if (navigator.locks === undefined) void lead()
  else
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock !== null) return lead()
        waited = true
        return undefined
      })
      .then(() => (waited ? navigator.locks.request(name, { signal: stop.signal }, lead) : undefined))
      .catch(() => undefined)
  return () => {
    stop.abort()
    channel.close()
  }
}

/** @param isHeir another tab has read until now: nobody knows what came in between */
function read(tell: (message: Message) => void, isHeir: boolean): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  const listen = () => {
    clearTimeout(timer)
    timer = setTimeout(again, silenceMs)
  }
  const lost = () => tell({ cutAt: cutAt ?? Date.now() })
  const again = () => {
    source?.close()
    lost()
    // It may be the session that is over.
    timer = setTimeout(() => void askSession().finally(() => !ended && open()), againMs)
  }
  let owes = isHeir
  const open = () => {
    source = new EventSource(opsUrl('stream'))
    listen()
    for (const event of opsEventNames)
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        listen()
        noteHeard()
        tell({ cutAt: undefined })
        if (owes) tell({ heir: true })
        owes = false
        if (!event.startsWith('ox.connection.')) tell({ event: { name: event, data: JSON.parse(data) } })
      })
    source.onerror = () => {
      lost()
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(timer)
        again()
      }
    }
  }
  open()
  return () => {
    ended = true
    clearTimeout(timer)
    source?.close()
  }
}
