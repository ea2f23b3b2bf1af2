// OpenAPI 3.1 from the same schemas that the server enforces.
import swagger from '@fastify/swagger'
import { type ErrorCode, errorEnvelopeSchema, errors } from '@xerotier/protocol/errors.ts'
import { commonErrors, type Route } from '@xerotier/protocol/route.ts'
import type { RouteId } from '@xerotier/protocol/routes.ts'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'

export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Xerotier XEM router',
        version,
        description: 'Governed tool calls on agents, with a human approval gate.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'xero_<slug>_<random>' },
          agentToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
  })
}

const media: Record<string, string> = {
  sse: 'text/event-stream',
  bytes: 'application/octet-stream',
  text: 'text/plain',
}

/** What Fastify and its OpenAPI plugin want to know of a route beyond the schemas of its request. */
export function documentationOf(id: RouteId, definition: Route) {
  const response: Record<string, unknown> = {}
  for (const status of definition.status) {
    response[status] =
      typeof definition.response === 'string'
        ? { description: definition.summary, content: { [media[definition.response]!]: { schema: z.string() } } }
        : { description: definition.summary, content: { 'application/json': { schema: definition.response } } }
  }
  for (const [status, codes] of byStatus([...commonErrors(definition), ...definition.errors])) {
    response[status] ??= {
      description: codes.map((code) => `\`${code}\`: ${errors[code].message}`).join('\n\n'),
      content: { 'application/json': { schema: errorEnvelopeSchema } },
    }
  }
  return {
    operationId: id,
    summary: definition.summary,
    tags: [definition.tag],
    security: securityOf(definition),
    response,
  }
}

function securityOf({ auth }: Route): Record<string, string[]>[] {
  if (auth === 'public') return []
  return auth === 'agent' ? [{ agentToken: [] }] : [{ apiKey: [...auth] }]
}

function byStatus(codes: ErrorCode[]): Map<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = errors[code]
    grouped.set(status, [...(grouped.get(status) ?? []), code])
  }
  return grouped
}
