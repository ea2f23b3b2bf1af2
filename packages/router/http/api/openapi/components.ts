// What stands once in the document and is referred to.

import { answerHeaders } from '@xerotier/protocol/answer-headers.ts'
import { agentSchema } from '@xerotier/protocol/api/agents.ts'
import { apiKeySchema } from '@xerotier/protocol/api/api-keys.ts'
import { approvalEventSchema, approvalSchema } from '@xerotier/protocol/api/approvals.ts'
import { eventSchema } from '@xerotier/protocol/api/events.ts'
import { executionEventSchema, executionSchema } from '@xerotier/protocol/api/executions.ts'
import { joinKeySchema } from '@xerotier/protocol/api/join-keys.ts'
import { projectSchema } from '@xerotier/protocol/api/projects.ts'
import { toolSummarySchema } from '@xerotier/protocol/api/tools.ts'
import { workspaceSchema } from '@xerotier/protocol/api/workspaces.ts'
import { errorEnvelopeSchema } from '@xerotier/protocol/errors.ts'
import { toolDescriptorSchema } from '@xerotier/protocol/manifest.ts'
import { requestHeaders } from '@xerotier/protocol/request-headers.ts'
import { mapTable } from '@xerotier/protocol/table.ts'
import { z } from 'zod'

/** Schemas of answers, by the names that they have in the document. */
const named = {
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
}
const names = new Map<z.ZodType, string>(Object.entries(named).map(([name, schema]) => [schema, name]))

export const refTo = {
  schema: (name: string) => ({ $ref: `#/components/schemas/${name}` }),
  header: (name: string) => ({ $ref: `#/components/headers/${name}` }),
  parameter: (name: string) => ({ $ref: `#/components/parameters/${name}` }),
}

export function components(): object {
  return {
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'xero_<slug>_<random>' },
      agentToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    },
    schemas: jsonSchemas(registryOf()),
    parameters: mapTable(requestHeaders, ({ pattern, description }, name) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string', pattern: pattern.source },
    })),
    headers: mapTable(answerHeaders, ({ type, description }) => ({ description, schema: { type } })),
  }
}

/** The schema of an answer; what has a name is referred to. */
export function answerSchema(schema: z.ZodType): object {
  const name = names.get(schema)
  if (name !== undefined) return refTo.schema(name)
  // zod refers to what a registry names, and to nothing else.
  const registry = registryOf()
  registry.add(schema, { id: 'this' })
  return jsonSchemas(registry).this ?? {}
}

/** The schema of what a request may hold. */
export function requestSchema(schema: z.ZodType): Record<string, unknown> {
  return plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

function registryOf() {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  return registry
}

function jsonSchemas(registry: ReturnType<typeof registryOf>): Record<string, object> {
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]))
}

/** Without what says which dialect it is in and where it stands: the document does. */
function plain(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _dialect, $id: _place, ...rest } = schema
  return rest
}
