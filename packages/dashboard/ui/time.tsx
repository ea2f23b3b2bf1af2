import { useSyncExternalStore } from 'react'

let nowMs = Date.now()
let skewMs = 0
const listeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

/** By the server's clock, as far as it was told. */
export function setServerNow(serverMs: number): void {
  skewMs = serverMs - Date.now()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  ticking ??= setInterval(() => {
    nowMs = Date.now()
    for (const one of listeners) one()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

/** Milliseconds, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs) + skewMs
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' })
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const steps = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [Number.POSITIVE_INFINITY, 'day', 86_400],
] as const

export function agoText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  for (const [below, unit, size] of steps)
    if (Math.abs(seconds) < below) return relative.format(Math.trunc(seconds / size), unit)
  return ''
}

/** How long ago, in the reader's zone where it is pointed at, with UTC. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  const time = Date.parse(at)
  return (
    <time
      dateTime={at}
      title={`${absolute.format(time)} · ${at.slice(0, 19).replace('T', ' ')} UTC`}
      className="whitespace-nowrap"
    >
      {agoText(Math.min(0, time - now))}
    </time>
  )
}

export function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={`${at.slice(0, 19).replace('T', ' ')} UTC`}>
      {absolute.format(Date.parse(at))}
    </time>
  )
}

/** `4:05` until then, by the server's clock; `0:00` once it is over. */
export function leftText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const pad = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}:${pad(minutes % 60)}:${pad(seconds % 60)}` : `${Math.floor(hours / 24)} d`
}

export function durationText(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s` : leftText(ms)
}
