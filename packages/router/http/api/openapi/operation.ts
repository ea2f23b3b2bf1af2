// One entry of the route table as an operation of OpenAPI.
import { answerHeadersOf } from '@xerotier/protocol/answer-headers.ts'
import { type ErrorCode, errors } from '@xerotier/protocol/errors.ts'
import { authText, commonErrors, type Route, requestHeadersOf, statusOf } from '@xerotier/protocol/route.ts'
import { type RouteId, routes } from '@xerotier/protocol/routes.ts'
import type { z } from 'zod'
import { answerSchema, refTo, requestSchema } from './components.ts'

export function operationOf(id: RouteId): object {
  const definition: Route = routes[id]
  return {
    operationId: id,
    summary: definition.summary,
    description: `${definition.summary}. Needs ${authText(definition.auth)}.`,
    tags: [definition.tag],
    ...securityOf(definition),
    parameters: [
      ...parametersOf(definition.params, 'path'),
      ...parametersOf(definition.query, 'query'),
      ...requestHeadersOf(definition).map(refTo.parameter),
    ],
    ...(definition.body === undefined ? {} : { requestBody: bodyOf(definition.method, definition.body) }),
    responses: responsesOf(definition),
  }
}

/** Scopes are no OAuth scopes: OpenAPI has no other place for them. */
function securityOf({ auth }: Route): object {
  if (auth === 'public') return { security: [] }
  return auth === 'agent'
    ? { security: [{ agentToken: [] }] }
    : { security: [{ apiKey: [] }], 'x-required-scopes': auth }
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): object[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = requestSchema(schema) as {
    properties?: Record<string, { description?: string }>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

/** One without mandatory fields may be left out, but for PUT. */
function bodyOf(method: Route['method'], schema: z.ZodType): object {
  const required = method === 'PUT' || !schema.safeParse({}).success
  return { required, content: { 'application/json': { schema: requestSchema(schema) } } }
}

function responsesOf(definition: Route): Record<number, object> {
  const responses: Record<number, { description: string; content?: object }> = {}
  for (const status of definition.status)
    responses[status] = { description: definition.summary, content: contentOf(definition) }
  if (definition.response === 'document') responses[304] = { description: 'What the caller has is still the same.' }
  for (const [status, codes] of codesByStatus(definition)) {
    responses[status] ??= {
      description: codes.map((code) => `\`${code}\`: ${errors[code].message}`).join('\n\n'),
      content: { 'application/json': { schema: refTo.schema('Error') } },
    }
  }
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const headers = answerHeadersOf(definition, Number(status))
      return [status, { ...response, headers: Object.fromEntries(headers.map((name) => [name, refTo.header(name)])) }]
    }),
  )
}

function contentOf({ response, events }: Route): object {
  switch (response) {
    case 'sse':
      return { 'text/event-stream': { schema: streamSchema(events) } }
    case 'bytes':
      return { 'application/octet-stream': { schema: {} } }
    case 'text':
      return { 'text/plain': { schema: { type: 'string' } } }
    case 'document':
      return { 'application/json': { schema: { type: 'object' } } }
    default:
      return { 'application/json': { schema: answerSchema(response) } }
  }
}

/** The events of a stream, in their order: OpenAPI 3.1 has no word of its own for them. */
function streamSchema(events: z.ZodType | undefined): object {
  const data = events === undefined ? {} : { contentMediaType: 'application/json', contentSchema: answerSchema(events) }
  return {
    type: 'array',
    description: 'Server-sent events, one item for each.',
    items: {
      type: 'object',
      properties: {
        id: { type: 'string', description: 'From where `Last-Event-ID` resumes.' },
        event: { type: 'string' },
        data: { type: 'string', ...data },
      },
      required: ['event', 'data'],
    },
  }
}

function codesByStatus(definition: Route): Map<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>()
  for (const code of [...commonErrors(definition), ...definition.errors]) {
    const status = statusOf(definition, code)
    grouped.set(status, [...(grouped.get(status) ?? []), code])
  }
  return grouped
}
