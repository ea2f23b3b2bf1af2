// Opens event streams and says how late their events came. Told what to do by its parent.
import { type ClientRequest, get } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Reading {
  url: string
  apiKey: string
  readers: number
}

/** Of the events of some readers, ms from when they happened to when they were read. */
export interface Read {
  late: number[]
  closed: number
}

const sampled = 20
const happened = /"event":\{"kind":"[^"]+","at":"([^"]+)"/g

const requests: (ClientRequest | Socket)[] = []
let late: number[] = []
let closed = 0

/** Reads into nowhere: what one of these costs is the kernel's, and hardly this process's. */
function openUnread({ url, apiKey }: Reading): Promise<void> {
  const { hostname, port, pathname, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: nowhere,
        callback() {
          resolve()
          return true
        },
      },
    })
    socket.on('error', reject).on('close', () => {
      closed += 1
    })
    socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${apiKey}\r\n\r\n`)
    requests.push(socket)
  })
}
const nowhere = Buffer.alloc(256 * 1024)

function open({ url, apiKey }: Reading): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { authorization: `Bearer ${apiKey}` } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`a stream was answered ${answer.statusCode}`))
      answer.on('close', () => {
        closed += 1
      })
      answer.once('data', () => resolve())
      answer.on('data', (chunk: Buffer) => {
        const now = Date.now()
        for (const [, at] of chunk.toString('latin1').matchAll(happened)) late.push(now - Date.parse(at ?? ''))
      })
    })
    request.on('error', reject)
    requests.push(request)
  })
}

process.on('message', async (message: Reading | 'begin' | 'end') => {
  if (message === 'begin') late = []
  else if (message === 'end') process.send?.({ late, closed } satisfies Read, () => process.exit())
  else {
    // A few at a time: what is measured is reading.
    for (let n = 0; n < message.readers; n += 50) {
      const some = Array.from({ length: Math.min(50, message.readers - n) }, (_, at) =>
        (n + at) % sampled === 0 ? open(message) : openUnread(message),
      )
      await Promise.all(some)
    }
    process.send?.('open')
  }
})
