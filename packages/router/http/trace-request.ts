import type { Tracing } from '@xerotier/runtime/tracing/tracing.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { traceIdOf } from '../domain/executions/trace.ts'
import { traceparentOf } from './headers.ts'

/**
 * Begins the span of a request that makes a call, from its first byte on; it ends with the answer.
 * @returns what the call's own spans are below: this span, else what the caller sent
 */
export function traceRequest(
  { tracing, clock }: { tracing: Tracing; clock: { monotonic(): number } },
  { request, reply, executionId }: { request: FastifyRequest; reply: FastifyReply; executionId: string },
): string | undefined {
  const parent = traceparentOf(request)
  const { method, id: request_id } = request
  const route = request.routeOptions.url ?? ''
  // https://opentelemetry.io/docs/specs/semconv/http/http-spans
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    'url.scheme': request.protocol,
    request_id,
    execution_id: executionId,
  }
  const began = clock.monotonic() - reply.elapsedTime
  const traceId = traceIdOf(executionId)
  const span = tracing.start(`${method} ${route}`, parent ?? null, attributes, { kind: 'server', traceId, began })
  if (span === undefined) return parent
  request.traceparent = span.traceparent
  reply.raw.once('close', () => {
    const { statusCode } = reply
    span.end({
      ok: statusCode < 500,
      message: String(statusCode),
      attributes: { 'http.response.status_code': statusCode },
    })
  })
  return span.traceparent
}
