import { Readable } from 'node:stream'
import { executionJsonSchema, type Invocation } from '@xerotier/protocol/api/executions.ts'
import { isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import { askedByNow } from '@xerotier/runtime/asker.ts'
import type { Core } from '../../../core.ts'
import { noteReading } from '../../../domain/audit/access.ts'
import { artifactBytes } from '../../../domain/executions/artifact.ts'
import { submitAndAwaitEnd } from '../../../domain/executions/await-end.ts'
import { cancelCall } from '../../../domain/executions/cancel.ts'
import { listExecutions } from '../../../domain/executions/list.ts'
import { listArtifacts } from '../../../domain/executions/list-artifacts.ts'
import { planCall } from '../../../domain/executions/plan.ts'
import { presentRow } from '../../../domain/executions/present-row.ts'
import { rawOutput } from '../../../domain/executions/raw.ts'
import { resolveCall } from '../../../domain/executions/resolve.ts'
import { callAgain } from '../../../domain/executions/retry.ts'
import { showExecution } from '../../../domain/executions/show.ts'
import { streamExecutions } from '../../../domain/executions/stream.ts'
import { submitCall } from '../../../domain/executions/submit.ts'
import { newUuid } from '../../../domain/ids.ts'
import { idempotencyKeyOf, lastEventIdOf } from '../../headers.ts'
import type { Streams } from '../../stream/streams.ts'
import { traceRequest } from '../../trace-request.ts'
import type { Call, Handlers } from '../handlers.ts'

type Submitting = Pick<Call<'invocations.submit'>, 'actor' | 'query' | 'request' | 'requestId' | 'reply'>

export function executionHandlers(core: Core, streams: Streams) {
  const submit = async (call: Submitting, invocation: Invocation, more: { retryOf?: string } = {}) => {
    const { actor, query, request, requestId, reply } = call
    const id = newUuid(core.clock.now())
    const idempotencyKey = idempotencyKeyOf(request)
    const traceparent = traceRequest(core, { request, reply, executionId: id })
    const meta = { id, requestId, idempotencyKey, traceparent, ...more }
    const { row, requestedBy } =
      query.wait === 0
        ? await submitCall(core, actor, invocation, meta)
        : await submitAndAwaitEnd(core, actor, invocation, meta, {
            ms: query.wait * 1000,
            // Also at the end of every answer, when nobody waits any more.
            onHangUp: (stop) => void reply.raw.once('close', stop),
          })
    reply.code(isSettled(row.state) ? 200 : 202)
    return presentRow(core, row, requestedBy)
  }
  return {
    'invocations.submit': (call) => submit(call, call.body),
    'invocations.plan': ({ actor, body }) => planCall(core, actor, body),
    'invocations.list': ({ actor, query }) => listExecutions(core, actor, query),
    'invocations.show': ({ actor, params }) => showExecution(core, actor, params.id),
    'invocations.cancel': async ({ actor, params, reply }) => {
      const { execution, done } = await cancelCall(core, actor, params.id)
      reply.code(done ? 200 : 202)
      return execution
    },
    'executions.list': ({ actor, query }) => listExecutions(core, actor, query),
    'executions.stream': async ({ actor, admission, query, request, reply }) => {
      const start = await streamExecutions(core, actor, query, lastEventIdOf(request))
      const { execution_id: id, output } = query
      if (id !== undefined && output === 'true')
        await noteReading(core, actor, { kind: 'access.output_read', route: 'executions.stream', params: { id } })
      return streams.serve(admission, request, reply, start)
    },
    'executions.show': ({ actor, params }) => showExecution(core, actor, params.id),
    'executions.raw': async ({ actor, params, query, reply }) => {
      const bytes = await rawOutput(core, actor, params.id, query.stream)
      reply.type('application/octet-stream')
      return Readable.from(askedByNow(bytes), { objectMode: false })
    },
    'executions.artifacts': ({ actor, params, query }) => listArtifacts(core, actor, params.id, query),
    'executions.artifact': async ({ actor, params, reply }) => {
      const { bytes, chunks } = await artifactBytes(core, actor, params.id, params.artifact_id)
      reply.type('application/octet-stream')
      reply.header('content-length', bytes)
      return Readable.from(askedByNow(chunks), { objectMode: false })
    },
    'executions.retry': async (call) => {
      const { invocation, retryOf } = await callAgain(core, call.actor, call.params.id, call.body)
      return submit(call, invocation, { retryOf })
    },
    'executions.schema': async () => executionJsonSchema(),
    'executions.resolve': ({ actor, params, body }) => resolveCall(core, actor, params.id, body),
  } satisfies Partial<Handlers>
}
