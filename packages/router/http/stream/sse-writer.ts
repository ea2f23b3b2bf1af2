// The wire form of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { FastifyReply } from 'fastify'

/** A reader who takes nothing for this long is cut; it resumes with Last-Event-ID. */
const stalledMs = 30_000

export interface SseWriter {
  readonly closed: boolean
  /** Resolves when there is room for more. */
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
  // They leave with the first event, when the stream has its place: whoever sees it open misses nothing from then on.
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

  return {
    get closed() {
      return raw.destroyed || raw.writableEnded
    },
    async event({ name, id, data }) {
      if (raw.destroyed || raw.writableEnded) return
      // JSON has no raw line breaks, so one data line holds it.
      const text = `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
      const room = raw.write(text)
      if (raw.writableLength > limits.streamBacklogBytes) raw.destroy()
      else if (!room) await drained()
    },
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
