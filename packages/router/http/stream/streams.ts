// Server-sent events over one response, and how many of them there are.
import { Fault } from '@xerotier/protocol/errors.ts'
import { heartbeatSeconds, streamEventNames } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import type { Subscription } from '../../domain/events/event-log.ts'
import type { StreamSink } from '../../domain/events/sink.ts'
import { createSseWriter, type SseWriter } from './sse-writer.ts'

export interface Streams {
  /** Answers with a stream until it ends, the reader leaves, its key loses its rights, or the router stops. */
  serve(
    projectId: string,
    request: FastifyRequest,
    reply: FastifyReply,
    start: (sink: StreamSink) => Subscription,
  ): Promise<undefined>
  close(): void
}

export interface StreamParts extends Pick<Core, 'clock' | 'log'> {
  keyring: Pick<Core['keyring'], 'onForgotten'>
}

export function createStreams({ clock, log, keyring }: StreamParts): Streams {
  /** With the key that each was opened with. */
  const open = new Map<SseWriter, string | undefined>()
  const perProject = new Map<string, number>()

  const count = (projectId: string, by: 1 | -1) => {
    const number = (perProject.get(projectId) ?? 0) + by
    if (number === 0) perProject.delete(projectId)
    else perProject.set(projectId, number)
  }

  // Whatever was changed about a key: its readers come again and are asked anew, and nothing more is told until then.
  keyring.onForgotten((keyId) => {
    for (const [writer, key] of open) if (key === keyId) writer.end()
  })

  return {
    async serve(projectId, request, reply, start) {
      if ((perProject.get(projectId) ?? 0) >= limits.streamsPerProject) {
        throw new Fault('rate_limit_exceeded', {
          message: `The project has ${limits.streamsPerProject} streams open.`,
          retryAfter: heartbeatSeconds,
        })
      }
      count(projectId, 1)
      reply.hijack()
      const writer = createSseWriter(reply, clock)
      const { caller } = request
      open.set(writer, caller?.principal?.keyId)
      const admitted = async () => caller === undefined || (await caller.stillAdmitted())
      const connected = Promise.withResolvers<void>()
      const subscription = start({
        async write(items) {
          await connected.promise
          for (const item of items) await writer.event(item)
        },
        end: () => void connected.promise.then(() => writer.end()),
      })
      const beat = () => {
        const validMs = (caller?.validUntil ?? Number.POSITIVE_INFINITY) - clock.now()
        timer = clock.after(Math.min(heartbeatSeconds * 1000, Math.max(0, validMs)), async () => {
          const over = caller !== undefined && clock.now() >= caller.validUntil
          if (over || !(await admitted().catch(() => true))) return writer.end()
          void writer.event({ name: streamEventNames.heartbeat, data: {} })
          beat()
        })
      }
      let timer = clock.after(0, () => {})
      writer.onClose(() => {
        timer.cancel()
        subscription.close()
        open.delete(writer)
        count(projectId, -1)
        connected.resolve()
        log.debug({ request_id: request.id, project_id: projectId }, 'stream ended')
      })
      const id = await subscription.ready
      // Its key may have been changed between the request and here.
      if (!(await admitted().catch(() => true))) writer.end()
      void writer.event({ name: streamEventNames.connected, id, data: {} })
      connected.resolve()
      if (!writer.closed) beat()
      return undefined
    },
    close() {
      for (const writer of open.keys()) writer.end()
    },
  }
}
