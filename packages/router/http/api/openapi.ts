// OpenAPI 3.1 from the same schemas that the server enforces.
import swagger from '@fastify/swagger'
import { agentSchema } from '@xerotier/protocol/api/agents.ts'
import { apiKeySchema } from '@xerotier/protocol/api/api-keys.ts'
import { approvalEventSchema, approvalSchema } from '@xerotier/protocol/api/approvals.ts'
import { eventSchema } from '@xerotier/protocol/api/events.ts'
import { executionEventSchema, executionSchema } from '@xerotier/protocol/api/executions.ts'
import { joinKeySchema } from '@xerotier/protocol/api/join-keys.ts'
import { projectSchema } from '@xerotier/protocol/api/projects.ts'
import { toolSummarySchema } from '@xerotier/protocol/api/tools.ts'
import { workspaceSchema } from '@xerotier/protocol/api/workspaces.ts'
import { type ErrorCode, errorEnvelopeSchema, errors } from '@xerotier/protocol/errors.ts'
import { toolDescriptorSchema } from '@xerotier/protocol/manifest.ts'
import { commonErrors, type Route, statusOf } from '@xerotier/protocol/route.ts'
import type { RouteId } from '@xerotier/protocol/routes.ts'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { addHeaders } from './openapi-headers.ts'
import { nothing } from './request-schemas.ts'

/** What stands once under `components` and is referred to. */
const named = Object.entries({
  Error: errorEnvelopeSchema,
  Agent: agentSchema,
  ApiKey: apiKeySchema,
  Approval: approvalSchema,
  ApprovalEvent: approvalEventSchema,
  Event: eventSchema,
  Execution: executionSchema,
  ExecutionEvent: executionEventSchema,
  JoinKey: joinKeySchema,
  Project: projectSchema,
  ToolDescriptor: toolDescriptorSchema,
  ToolSummary: toolSummarySchema,
  Workspace: workspaceSchema,
}).map(([id, schema]) => ({ id, schema }))
const components = z.registry<{ id: string }>()
for (const { id, schema } of named) components.add(schema, { id })
const transform = createJsonSchemaTransform({ skipList: [], schemaRegistry: components })
const transformObject = createJsonSchemaTransformObject({ schemaRegistry: components })

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
    transform: (document) => {
      const transformed = transform(document)
      if (document.schema?.body === nothing) delete transformed.schema.body
      return transformed
    },
    transformObject: (document) => {
      const whole = transformObject(document)
      const { schemas } = (whole as { components: { schemas: Record<string, unknown> } }).components
      // The plugin lists each schema as input and as output; what we name is only ever answered.
      for (const { id } of named) delete schemas[`${id}Input`]
      addHeaders(whole)
      return { ...whole, 'x-errors': errors }
    },
  })
}

const media = {
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
        ? { description: describe(definition), content: { [media[definition.response]]: { schema: z.string() } } }
        : { description: definition.summary, content: { 'application/json': { schema: definition.response } } }
  }
  for (const [status, codes] of byStatus(definition)) {
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

/** The type of a stream cannot say what its events hold. */
function describe({ summary, events }: Route): string {
  const component = named.find(({ schema }) => schema === events)
  return component === undefined
    ? summary
    : `${summary}. The data of each event is \`#/components/schemas/${component.id}\`.`
}

function securityOf({ auth }: Route): Record<string, string[]>[] {
  if (auth === 'public') return []
  return auth === 'agent' ? [{ agentToken: [] }] : [{ apiKey: [...auth] }]
}

function byStatus(definition: Route): Map<number, ErrorCode[]> {
  const grouped = new Map<number, ErrorCode[]>()
  for (const code of [...commonErrors(definition), ...definition.errors]) {
    const status = statusOf(definition, code)
    grouped.set(status, [...(grouped.get(status) ?? []), code])
  }
  return grouped
}
