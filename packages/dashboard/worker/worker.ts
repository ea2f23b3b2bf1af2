// The service worker. It keeps what has its hash in its name, and the empty page around that, so
// that a phone without a network is told so by the dashboard itself. It never touches an answer of
// the API, the stream, or a page behind a one-time link: those go by as if it were not there.
import type { PushNote } from '@xerotier/protocol/push.ts'
import { phoneWords } from '../words/en-phone.ts'
import type { Built } from './built.ts'

declare const self: ServiceWorkerGlobalScope
declare const built: Built

const scope = new URL(self.registration.scope)
const cacheName = `xerotier ${scope.pathname} ${built.main}`
const shell = `${scope.href}assets/`
/** What a proxy answers for a router that is not there. */
const gatewayStatuses: readonly number[] = [502, 504]

self.addEventListener('install', (event) => event.waitUntil(keepAssets().then(() => self.skipWaiting())))
self.addEventListener('activate', (event) => event.waitUntil(takeOver()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const path = wayTo(request.url)
  if (path === undefined || request.method !== 'GET') return
  if (path.startsWith('assets/')) event.respondWith(fromCache(request))
  else if (request.mode === 'navigate' && !/^(?:api|approval)(?:\/|$)/.test(path)) event.respondWith(page(request))
})
self.addEventListener('push', (event) => event.waitUntil(show(event.data?.json())))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data?.path ?? ''))
})

/** @returns below the scope, without what is searched for; undefined of any other place */
function wayTo(href: string): string | undefined {
  const url = new URL(href)
  const isHere = url.origin === scope.origin && url.pathname.startsWith(scope.pathname)
  return isHere ? url.pathname.slice(scope.pathname.length) : undefined
}

/** All or nothing: a page whose parts come from two versions would be no page. */
async function keepAssets(): Promise<void> {
  const cache = await caches.open(cacheName)
  const answer = await fetch(scope, { cache: 'no-store' })
  const text = await answer.text()
  if (!answer.ok || !text.includes(`assets/${built.main}`)) throw new Error('the router is of another version')
  // The same page is drawn below any path, and finds its assets by its base.
  const page = text.replace('<base href="./">', `<base href="${scope.pathname}">`)
  const headers = new Headers(answer.headers)
  for (const name of ['content-encoding', 'content-length', 'set-cookie']) headers.delete(name)
  await cache.addAll(built.assets.map((name) => `${scope.href}assets/${name}`))
  await cache.put(shell, new Response(page, { headers }))
}

/** Pages of the version before may still be open, and need their parts. */
async function takeOver(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(`xerotier ${scope.pathname} `))
  await Promise.all(ours.slice(0, -2).map((name) => caches.delete(name)))
  await self.clients.claim()
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage({ main: built.main })
}

async function fromCache(request: Request): Promise<Response> {
  return (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request)
}

/** A browser wants every message shown; one that it does not understand is a reason to look. */
function show({ title, asked_by, until, tag, path, quiet }: Partial<PushNote> = {}): Promise<void> {
  const lines = [
    ...(asked_by ? [phoneWords.push.askedBy(asked_by)] : []),
    ...(until ? [phoneWords.push.until(new Date(until).toLocaleTimeString([], { timeStyle: 'short' }))] : []),
  ]
  const options: NotificationOptions & { renotify: boolean } = {
    body: lines.join('\n'),
    tag: tag ?? 'xerotier',
    icon: `${scope.href}assets/${built.icon}`,
    badge: `${scope.href}assets/${built.badge}`,
    data: { path: path ?? 'approvals' },
    silent: quiet === true,
    renotify: quiet !== true,
    requireInteraction: quiet !== true,
  }
  return self.registration.showNotification(title ?? phoneWords.push.unknown, options)
}

/** In a window that is there, which goes on from where it is; else in one of its own. */
async function open(path: string): Promise<void> {
  const { href } = new URL(path, scope)
  if (wayTo(href) === undefined) return
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const ours = windows.filter(({ url }) => wayTo(url) !== undefined)
  const [client = ours[0]] = ours.filter(({ focused }) => focused)
  if (client === undefined) return void (await self.clients.openWindow(href))
  // A browser may want the focus for itself.
  await client.focus().catch(() => undefined)
  client.postMessage({ open: path })
}

/** Always the router's, while it answers. */
async function page(request: Request): Promise<Response> {
  const answer = await fetch(request).catch(() => undefined)
  if (answer !== undefined && !gatewayStatuses.includes(answer.status)) return answer
  return (await caches.match(shell, { cacheName })) ?? answer ?? Response.error()
}
