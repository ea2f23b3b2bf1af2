import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyReply } from 'fastify'
import { createSseWriter } from './sse-writer.ts'

/** An event of this many bytes on the wire. */
const eventOf = (bytes: number) => ({
  name: 'x',
  data: 'a'.repeat(bytes - Buffer.byteLength('event: x\ndata: ""\n\n')),
})

const replyOf = (raw: unknown) => ({ raw, getHeaders: () => ({}) }) as unknown as FastifyReply

/** A reader who takes nothing: kernel buffers would make a real one's backlog inexact. */
function stalled() {
  const raw = new Writable({ write() {} })
  const clock = settableClock()
  return {
    clock,
    raw,
    writer: createSseWriter(replyOf(Object.assign(raw, { writeHead() {} })), clock),
  }
}

test('a reader may have as large a backlog as its limit says, and one byte more cuts it', () => {
  const full = stalled().writer
  void full.event(eventOf(limits.streamBacklogBytes - 1000))
  void full.event(eventOf(1000))
  assert.equal(full.closed, false)
  void full.event(eventOf(100))
  assert.equal(full.closed, true)

  const over = stalled().writer
  void over.event(eventOf(limits.streamBacklogBytes + 1))
  assert.equal(over.closed, true)
})

test('a reader who takes nothing for 30 seconds is cut, however little waits for it', async () => {
  const { clock, writer } = stalled()
  void writer.event(eventOf(100_000))
  await clock.advance(29_999)
  assert.equal(writer.closed, false)
  await clock.advance(1)
  assert.equal(writer.closed, true)
})

test('a stream that ends is cut too when its reader takes nothing for 30 seconds', async () => {
  const { clock, raw, writer } = stalled()
  void writer.event(eventOf(1000))
  writer.end()
  await clock.advance(29_999)
  assert.equal(raw.destroyed, false)
  await clock.advance(1)
  assert.equal(raw.destroyed, true)
})

test('a reader whose connection is cut sees it end in the middle, and so resumes', async (t) => {
  const wrote = Promise.withResolvers<boolean>()
  const server = createServer(async (_request, response) => {
    const writer = createSseWriter(replyOf(response), settableClock())
    await writer.event(eventOf(100))
    void writer.event(eventOf(limits.streamBacklogBytes * 16))
    wrote.resolve(writer.closed)
  })
  t.after(() => server.close().closeAllConnections())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
  reader.on('error', () => {})
  const parts: Buffer[] = []
  reader.on('data', (part) => parts.push(part))
  reader.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n')
  assert.equal(await wrote.promise, true)
  await once(reader, 'close')
  const text = Buffer.concat(parts).toString()
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*event: x\n/)
  assert.ok(!text.endsWith('0\r\n\r\n'), 'it ended as if it were whole')
})

test('what many readers get is made into bytes once, and reads as one event after the other', async () => {
  const taken: Buffer[] = []
  const raw = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken.push(chunk)
        done()
      },
    })
  const [one, other] = [raw(), raw()].map((stream) =>
    createSseWriter(replyOf(Object.assign(stream, { writeHead() {} })), settableClock()),
  )
  let serialised = 0
  const data = {
    toJSON() {
      serialised += 1
      return { a: 'ü' }
    },
  }
  const items = [
    { name: 'x', id: '1-1', data },
    { name: 'y', id: '1-2', data: 2 },
  ]
  await one?.write(items)
  await other?.write(items)
  // Of those, another wants one only.
  await other?.write(items.slice(0, 1))
  assert.equal(serialised, 1)
  assert.equal(taken[0], taken[1])
  assert.equal(String(taken[0]), 'event: x\nid: 1-1\ndata: {"a":"ü"}\n\nevent: y\nid: 1-2\ndata: 2\n\n')
  assert.equal(String(taken[2]), 'event: x\nid: 1-1\ndata: {"a":"ü"}\n\n')
})

test('events that are large together are written one by one, as a reader has room', async () => {
  const { clock, writer } = stalled()
  const large = (id: string) => ({ ...eventOf(limits.streamBacklogBytes - 1000), id })
  void writer.write([large('1-1'), large('1-2')])
  assert.equal(writer.closed, false)
  await clock.advance(30_000)
  assert.equal(writer.closed, true)
})
