// Headers in the OpenAPI document. They are added to the finished document, so that Fastify validates none of them: each
// handler says itself what a malformed one means.
import { answerHeaders, answerHeadersOf } from '@xerotier/protocol/answer-headers.ts'
import { type RequestHeaderName, requestHeaders } from '@xerotier/protocol/request-headers.ts'
import { requestHeadersOf } from '@xerotier/protocol/route.ts'
import { type RouteId, routes } from '@xerotier/protocol/routes.ts'

interface Operation {
  operationId: RouteId
  parameters?: unknown[]
  responses: Record<string, { headers?: Record<string, unknown> }>
}

/** Puts each header under `components` once, and refers to it where the route table says that it stands. */
export function addHeaders(document: object): void {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Operation>>
    components: Record<string, unknown>
  }
  components.parameters = Object.fromEntries(
    Object.entries(requestHeaders).map(([name, { pattern, description }]) => [
      name,
      { name, in: 'header', required: false, description, schema: { type: 'string', pattern: pattern.source } },
    ]),
  )
  components.headers = Object.fromEntries(
    Object.entries(answerHeaders).map(([name, { type, description }]) => [name, { description, schema: { type } }]),
  )
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const definition = routes[operation.operationId]
    operation.parameters = [...(operation.parameters ?? []), ...requestHeadersOf(definition).map(referred)]
    for (const [status, response] of Object.entries(operation.responses)) {
      response.headers = Object.fromEntries(
        answerHeadersOf(definition, Number(status)).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
      )
    }
  }
}

function referred(name: RequestHeaderName): { $ref: string } {
  return { $ref: `#/components/parameters/${name}` }
}
