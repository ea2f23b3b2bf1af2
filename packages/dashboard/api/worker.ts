// The service worker, and whether it is of another version than this page.
import { useSyncExternalStore } from 'react'
import { opsUrl } from './place.ts'

let isOld = false
const listeners = new Set<() => void>()
const openListeners = new Set<(path: string) => void>()

/** By the name of its first script. */
function mainOfPage(): string | undefined {
  return document.querySelector<HTMLScriptElement>('script[type="module"]')?.src.split('/').at(-1)
}

/** Trusted Types want it said that this address is one of ours; TypeScript does not know them. */
interface Policy {
  createScriptURL(url: string): string
}
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined

function addressOfWorker(): string {
  const url = opsUrl('worker.js')
  if (typeof trustedTypes === 'undefined') return url
  return trustedTypes.createPolicy('xerotier-worker', { createScriptURL: () => url }).createScriptURL(url)
}

/** There is none over plain HTTP from another host, and the dashboard needs none. */
export async function startWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ main?: string; open?: string }>) => {
    if (data.open !== undefined) for (const listener of openListeners) listener(data.open)
    if (data.main === undefined || data.main === mainOfPage()) return
    isOld = true
    for (const listener of listeners) listener()
  })
  await navigator.serviceWorker.register(addressOfWorker(), { updateViaCache: 'none' })
}

/** Told what somebody wants to see who pressed a notification: below `/ops/`. */
export function onOpen(listener: (path: string) => void): () => void {
  openListeners.add(listener)
  return () => void openListeners.delete(listener)
}

/** The router has another version of the dashboard than this page is. */
export function useNewVersion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => isOld,
  )
}
