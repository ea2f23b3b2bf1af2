// Server-sent events over one response, and how many of them there are.
import { Fault } from '@xerotier/protocol/errors.ts'
import { heartbeatSeconds, streamEventNames } from '@xerotier/protocol/events.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Admission, stillAdmitted } from '../../domain/admission.ts'
import type { Subscription } from '../../domain/events/event-log.ts'
import type { StreamSink } from '../../domain/events/sink.ts'
import { perProject } from '../../domain/per-project.ts'
import type { Records } from '../../domain/records.ts'
import { createSseWriter, type SseWriter } from './sse-writer.ts'

/** What the stream itself says, and when. */
export interface StreamForm {
  connected: string
  heartbeat: string
  heartbeatSeconds: number
  /** After which it ends, and its reader comes again. */
  longestSeconds: number
}

const publicForm: StreamForm = { ...streamEventNames, heartbeatSeconds, longestSeconds: Number.POSITIVE_INFINITY }

export interface Streams {
  /**
   * Answers with a stream until it ends, the reader leaves or is no longer admitted, or the router
   * stops.
   */
  serve(
    admission: Admission,
    request: FastifyRequest,
    reply: FastifyReply,
    start: (sink: StreamSink) => Subscription,
    form?: StreamForm,
  ): Promise<undefined>
  close(): void
}

export function createStreams({ clock, log }: Pick<Records, 'clock' | 'log'>): Streams {
  const projects = perProject(() => new Set<SseWriter>())

  return {
    async serve(admission, request, reply, start, form = publicForm) {
      const over = clock.now() + form.longestSeconds * 1000
      const { projectId } = admission.actor
      const open = projects.of(projectId)
      if (open.size >= limits.streamsPerProject) {
        throw new Fault('rate_limit_exceeded', {
          message: `The project has ${limits.streamsPerProject} streams open.`,
          retryAfter: heartbeatSeconds,
        })
      }
      reply.hijack()
      const writer = createSseWriter(reply, clock)
      open.add(writer)
      // Its reader comes again and is asked anew, and nothing more is told until then.
      const stopWatching = admission.onChange(() => writer.end())
      const connected = Promise.withResolvers<void>()
      const subscription = start({
        async write(items) {
          await connected.promise
          await writer.write(items)
        },
        end: () => void connected.promise.then(() => writer.end()),
      })
      const beat = () => {
        const validMs = Math.max(0, Math.min(over, admission.validUntil) - clock.now())
        timer = clock.after(Math.min(form.heartbeatSeconds * 1000, validMs), async () => {
          if (clock.now() >= over || !(await stillAdmitted(admission, clock))) return writer.end()
          void writer.event({ name: form.heartbeat, data: {} })
          beat()
        })
      }
      let timer = clock.after(0, () => {})
      writer.onClose(() => {
        timer.cancel()
        stopWatching()
        subscription.close()
        open.delete(writer)
        connected.resolve()
        log.debug({ request_id: request.id, project_id: projectId }, 'stream ended')
      })
      const id = await subscription.ready
      // Something about the actor may have changed between the request and here.
      if (!(await stillAdmitted(admission, clock))) writer.end()
      void writer.event({ name: form.connected, id, data: {} })
      connected.resolve()
      if (!writer.closed) beat()
      return undefined
    },
    close() {
      for (const [, open] of projects.all()) for (const writer of open) writer.end()
    },
  }
}
