// Web Push on this device: what the browser allows, what it has subscribed to, and what the router
// knows of it (https://www.w3.org/TR/push-api/).
import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import type { PushDevice, PushDeviceList } from '@xerotier/protocol/api/push-devices.ts'
import { browserText } from '../ui/browser-name.ts'
import { ask } from './session.ts'

const path = 'api/push'
const one = (id: string) => `${path}/${encodeURIComponent(id)}`

export interface Here {
  state: 'unsupported' | 'denied' | 'off' | 'on'
  /** As the router knows it. */
  device: PushDevice | undefined
  devices: PushDevice[]
}

/** Somebody said no, or has said so before. */
export class NotAllowed extends Error {}
/** The browser has reached no push service. */
export class NoService extends Error {}

function isSupported(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager.getSubscription()) ?? null
}

export async function pushHere(): Promise<Here> {
  const { data: devices } = await ask<PushDeviceList>('GET', path)
  if (!isSupported()) return { state: 'unsupported', device: undefined, devices }
  if (Notification.permission === 'denied') return { state: 'denied', device: undefined, devices }
  const device = await known(devices, await subscription())
  return { state: device === undefined ? 'off' : 'on', device, devices }
}

/** @throws NotAllowed, NoService */
export async function switchOn(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed('not allowed')
  const { key } = await ask<PushDeviceList>('GET', path)
  await tell(await subscribed(key), key)
}

export async function switchOff({ id }: PushDevice): Promise<void> {
  await ask('DELETE', one(id))
  // Whoever still knows where it takes messages finds nobody there.
  await (await subscription())?.unsubscribe()
}

export const removeDevice = (id: string) => ask<unknown>('DELETE', one(id))
export const testDevice = (id: string) => ask<Delivery>('POST', `${one(id)}/test`, {})

/** The router has another key since, or the browser another session: it is told again. */
export async function keepOn(): Promise<void> {
  if (!isSupported() || Notification.permission !== 'granted') return
  const now = await subscription()
  if (now === null) return
  const { data, key } = await ask<PushDeviceList>('GET', path)
  const device = await known(data, now)
  if (device === undefined) return
  const again = await subscribed(key)
  await tell(again, key)
  // Of the key before.
  if (again.endpoint !== now.endpoint) await removeDevice(device.id)
}

async function known(devices: readonly PushDevice[], now: PushSubscription | null): Promise<PushDevice | undefined> {
  if (now === null) return undefined
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(now.endpoint)))
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return devices.find(({ endpoint_hash }) => endpoint_hash === hash)
}

/** Bound to this key of the router. @throws NoService */
async function subscribed(key: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready
  const before = await pushManager.getSubscription()
  const bound = before?.options.applicationServerKey
  if (before !== null && bound instanceof ArrayBuffer && base64url(bound) === key) return before
  await before?.unsubscribe()
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }).catch((cause: unknown) => {
    throw new NoService('no push service', { cause })
  })
}

async function tell(made: PushSubscription, key: string): Promise<void> {
  const { endpoint, keys } = made.toJSON()
  const name = browserText(navigator.userAgent).slice(0, 60)
  await ask('POST', path, { name, endpoint, key, keys: { p256dh: keys?.p256dh, auth: keys?.auth } })
}

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
