// The wire form of server-sent events:
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { FastifyReply } from 'fastify'
import type { StreamItem } from '../../domain/events/sink.ts'

/** A reader who takes nothing for this long is cut; it resumes with Last-Event-ID. */
const stalledMs = 30_000
/** Items are written at once up to here: more might be all the backlog that a reader may have. */
const togetherBytes = 256 * 1024

export interface SseWriter {
  readonly closed: boolean
  /**
   * Events that many readers get are made into bytes once. Resolves when there is room for more.
   */
  write(items: readonly StreamItem[]): Promise<void>
  event(event: { name: string; id?: string; data: unknown }): Promise<void>
  end(): void
  onClose(callback: () => void): void
}

export function createSseWriter(reply: FastifyReply, clock: Clock): SseWriter {
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Reverse proxies would hold events back to fill their buffers.
    'x-accel-buffering': 'no',
  })
  // They leave with the first event, when the stream has its place: whoever sees it open misses
  // nothing from then on.
  raw.on('error', () => raw.destroy())

  const drained = () =>
    new Promise<void>((resolve) => {
      const stalled = clock.after(stalledMs, () => raw.destroy())
      const done = () => {
        stalled.cancel()
        raw.off('drain', done)
        raw.off('close', done)
        resolve()
      }
      raw.on('drain', done)
      raw.on('close', done)
    })

  const put = async (bytes: Uint8Array | string) => {
    if (raw.destroyed || raw.writableEnded) return
    const room = raw.write(bytes)
    if (raw.writableLength > limits.streamBacklogBytes) raw.destroy()
    else if (!room) await drained()
  }

  return {
    get closed() {
      return raw.destroyed || raw.writableEnded
    },
    async write(items) {
      const each = items.map(bytesOf)
      const isSmall = each.reduce((sum, { length }) => sum + length, 0) <= togetherBytes
      if (isSmall && items.length > 0) await put(together(items))
      else for (const bytes of each) await put(bytes)
    },
    event: ({ name, id, data }) => put(textOf(name, id, data)),
    end() {
      if (raw.destroyed || raw.writableEnded) return
      raw.end()
      // Its last bytes may wait for a reader who takes nothing, too.
      const stalled = clock.after(stalledMs, () => raw.destroy())
      raw.on('close', () => stalled.cancel())
    },
    onClose(callback) {
      if (raw.destroyed) callback()
      else raw.on('close', callback)
    },
  }
}

function textOf(name: string, id: string | undefined, data: unknown): string {
  // JSON has no raw line breaks, so one data line holds it.
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

const ofItems = new WeakMap<StreamItem, Buffer>()
const ofArrays = new WeakMap<readonly StreamItem[], Buffer>()

function together(items: readonly StreamItem[]): Buffer {
  return remembered(ofArrays, items, () => Buffer.concat(items.map(bytesOf)))
}

function bytesOf(item: StreamItem): Buffer {
  return remembered(ofItems, item, ({ name, id, data }) => Buffer.from(textOf(name, id, data)))
}

function remembered<Key extends object>(known: WeakMap<Key, Buffer>, key: Key, make: (key: Key) => Buffer): Buffer {
  let bytes = known.get(key)
  if (bytes === undefined) {
    bytes = make(key)
    known.set(key, bytes)
  }
  return bytes
}
