// A fake push service on loopback, with the devices that it keeps. It decrypts what it is handed as
// a browser would (RFC 8291), by code that has nothing in common with what encrypted it, and looks
// at who signed (RFC 8292).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NewPushDevice } from '@xerotier/protocol/api/push-devices.ts'
import type { PushNote } from '@xerotier/protocol/push.ts'

export interface Pushed {
  note: PushNote
  /** What could be read on the way, and by the service. */
  headers: IncomingHttpHeaders
  /** Of the signature. */
  claims: { aud: string; exp: number; sub: string }
  /** Of who signed, base64url. */
  key: string
}

export interface PushServiceForTests {
  url: string
  /** What it answers from now on; 201. */
  status: number
  /** How often it was asked, whatever it answered. */
  asked: number
  /** A browser subscribes. @param key of the router: what others sign is not taken */
  subscribe(name: string, key: string): NewPushDevice
  /** The next that it took. */
  next(): Promise<Pushed>
  /** Those that nobody has asked for. */
  waiting(): number
  close(): void
}

export async function pushServiceForTests(): Promise<PushServiceForTests> {
  const devices = new Map<string, { read(body: Buffer): PushNote; key: string }>()
  const taken: Pushed[] = []
  let wake: (() => void) | undefined
  const server = createServer(async (request, response) => {
    service.asked += 1
    try {
      const device = devices.get(request.url ?? '')
      if (device === undefined) return void response.writeHead(404).end()
      const { claims, key } = signedBy(request, service.url)
      if (key !== device.key) return void response.writeHead(403).end('signed by another key')
      const note = device.read(Buffer.concat(await request.toArray()))
      if (service.status < 300) taken.push({ note, headers: request.headers, claims, key })
      response.writeHead(service.status).end()
      wake?.()
    } catch (error) {
      response.writeHead(400).end(String(error))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const service: PushServiceForTests = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: 201,
    asked: 0,
    subscribe(name, key) {
      const own = createECDH('prime256v1')
      own.generateKeys()
      const auth = randomBytes(16)
      const path = `/push/${randomBytes(16).toString('base64url')}`
      devices.set(path, { read: (body) => decrypted(body, own, auth), key })
      const keys = { p256dh: own.getPublicKey('base64url'), auth: auth.toString('base64url') }
      return { name, endpoint: `${service.url}${path}`, key, keys }
    },
    async next() {
      for (;;) {
        const first = taken.shift()
        if (first !== undefined) return first
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    waiting: () => taken.length,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return service
}

/** One record of RFC 8188, whose key follows from both sides' (RFC 8291, 3.4). */
function decrypted(body: Buffer, own: ReturnType<typeof createECDH>, auth: Buffer): PushNote {
  const salt = body.subarray(0, 16)
  const keyEnd = 21 + body.readUInt8(20)
  const sender = body.subarray(21, keyEnd)
  const derive = (from: Buffer, by: Buffer, info: Buffer, bytes: number) =>
    Buffer.from(hkdfSync('sha256', from, by, info, bytes))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own.getPublicKey(), sender])
  const secret = derive(own.computeSecret(sender), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(body.subarray(-16))
  const padded = Buffer.concat([decipher.update(body.subarray(keyEnd, -16)), decipher.final()])
  const end = padded.lastIndexOf(2)
  return JSON.parse(padded.subarray(0, end).toString())
}

/** @throws where nobody has signed for this service */
function signedBy({ headers }: IncomingMessage, origin: string): Pick<Pushed, 'claims' | 'key'> {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(headers.authorization ?? '') ?? []
  const [head = '', said = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const signed = Buffer.from(signature, 'base64url')
  if (!verify('sha256', Buffer.from(`${head}.${said}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signed))
    throw new Error('the signature does not fit')
  const claims = JSON.parse(Buffer.from(said, 'base64url').toString()) as Pushed['claims']
  if (claims.aud !== origin) throw new Error(`signed for ${claims.aud}`)
  return { claims, key }
}
