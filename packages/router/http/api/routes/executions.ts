import { Readable } from 'node:stream'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Core } from '../../../core.ts'
import { artifactBytes } from '../../../domain/executions/artifact.ts'
import { submitAndAwaitEnd } from '../../../domain/executions/await-end.ts'
import { cancelCall } from '../../../domain/executions/cancel.ts'
import { listExecutions } from '../../../domain/executions/list.ts'
import { presentRow } from '../../../domain/executions/present-row.ts'
import { rawOutput } from '../../../domain/executions/raw.ts'
import { resolveCall } from '../../../domain/executions/resolve.ts'
import { showExecution } from '../../../domain/executions/show.ts'
import { streamExecutions } from '../../../domain/executions/stream.ts'
import { submitCall } from '../../../domain/executions/submit.ts'
import { idempotencyKeyOf, lastEventIdOf, traceparentOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import type { Handlers } from '../handlers.ts'

export function executionHandlers(core: Core, streams: Streams) {
  return {
    'invocations.submit': async ({ principal, body, query, request, requestId, reply }) => {
      const meta = { requestId, idempotencyKey: idempotencyKeyOf(request), traceparent: traceparentOf(request) }
      const { row, requestedBy } =
        query.wait === 0
          ? await submitCall(core, principal, body, meta)
          : await submitAndAwaitEnd(core, principal, body, meta, {
              ms: query.wait * 1000,
              // Also at the end of every answer, when nobody waits any more.
              onHangUp: (stop) => void reply.raw.once('close', stop),
            })
      reply.code(isSettled(row.state) ? 200 : 202)
      return presentRow(core, row, requestedBy)
    },
    'invocations.list': ({ principal, query }) => listExecutions(core, principal, query),
    'invocations.show': ({ principal, params }) => showExecution(core, principal, params.id),
    'invocations.cancel': async ({ principal, params, reply }) => {
      const { execution, done } = await cancelCall(core, principal, params.id)
      reply.code(done ? 200 : 202)
      return execution
    },
    'executions.list': ({ principal, query }) => listExecutions(core, principal, query),
    'executions.stream': async ({ principal, query, request, reply }) => {
      const start = await streamExecutions(core, principal, query, lastEventIdOf(request))
      return streams.serve(principal.projectId, request, reply, start)
    },
    'executions.show': ({ principal, params }) => showExecution(core, principal, params.id),
    'executions.raw': async ({ principal, params, query, reply }) => {
      const bytes = await rawOutput(core, principal, params.id, query.stream)
      download(reply)
      return Readable.from(bytes, { objectMode: false })
    },
    'executions.artifact': async ({ principal, params, reply }) => {
      const { bytes, chunks } = await artifactBytes(core, principal, params.id, params.artifact_id)
      download(reply)
      reply.header('content-length', bytes)
      return Readable.from(chunks, { objectMode: false })
    },
    'executions.resolve': ({ principal, params, body }) => resolveCall(core, principal, params.id, body),
  } satisfies Partial<Handlers>
}

/** What tools wrote is never to be taken for a page of ours. */
function download(reply: { headers(values: Record<string, string>): unknown }): void {
  reply.headers({ 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' })
}
