import type { FastifyReply } from 'fastify'

/** A signal that aborts when the caller leaves before it has its answer. */
export function hangUpOf(reply: FastifyReply): { signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const left = () => controller.abort()
  reply.raw.once('close', left)
  return { signal: controller.signal, forget: () => reply.raw.off('close', left) }
}
