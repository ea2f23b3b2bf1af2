import type { ToolDetail, ToolSummary } from '@xerotier/protocol/api/tools.ts'
import { milliseconds } from '@xerotier/protocol/duration.ts'
import { isRecord, memberOf } from '@xerotier/protocol/record.ts'
import { rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'

type Offer = ToolDetail['offered_by'][number]

export const toolView: View<ToolSummary> = {
  name: (tool) => tool.name,
  columns: [
    { header: 'NAME', value: (tool) => tool.name },
    { header: 'RISK', value: (tool) => ({ word: tool.risk }) },
    { header: 'DOMAIN', value: (tool) => tool.domain, wide: true },
    { header: 'AGENTS', value: (tool) => tool.agents_online, right: true, wide: true },
    { header: 'TIMEOUT', value: (tool) => milliseconds(tool.timeout_ms), right: true, wide: true },
    { header: 'DESCRIPTION', value: (tool) => tool.description, shrink: true },
  ],
}

export const toolRecord: RecordView<ToolDetail> = {
  name: toolView.name,
  detail: (tool) => ({
    fields: [
      ['Name', tool.name],
      ['Description', tool.description],
      ['Risk', { word: tool.risk }],
      ['Domain', tool.domain],
      ['Workspace types', tool.workspace_types.join(', ') || 'any'],
      ['Timeout', milliseconds(tool.timeout_ms)],
      ['Idempotent', tool.idempotent],
      ['MCP visible', tool.mcp_visible],
      ['Preview', tool.has_preview],
      ['Undo', tool.has_undo],
      ['Forks the chat first', tool.auto_fork_branch],
      ['Schema digest', tool.schema_digest],
    ],
    sections: [
      { title: 'Arguments', body: rows(argumentColumns, argumentsOf(tool.input_schema)) },
      { title: 'Argument schema', body: JSON.stringify(tool.input_schema, null, 2) },
      { title: 'Offered by', body: rows(offerColumns, tool.offered_by) },
    ],
  }),
}

interface Argument {
  name: string
  type: string
  required: boolean
  description: string
}

/** The top level of a JSON Schema, as far as a table can say it. */
function argumentsOf(schema: Record<string, unknown>): Argument[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = isRecord(schema.properties) ? schema.properties : {}
  return Object.entries(properties).map(([name, property]) => {
    const description = memberOf(property, 'description')
    return {
      name,
      type: typeOf(property),
      required: required.includes(name),
      description: typeof description === 'string' ? description : '',
    }
  })
}

function typeOf(property: unknown): string {
  const choices = memberOf(property, 'enum')
  if (Array.isArray(choices)) return choices.map(String).join('|')
  return String(memberOf(property, 'type') ?? 'any')
}

const argumentColumns = [
  { header: 'NAME', value: (argument: Argument) => argument.name },
  { header: 'TYPE', value: (argument: Argument) => argument.type, shrink: true },
  { header: 'REQUIRED', value: (argument: Argument) => argument.required },
  { header: 'DESCRIPTION', value: (argument: Argument) => argument.description, shrink: true },
]

const offerColumns = [
  { header: 'AGENT', value: (offer: Offer) => offer.agent },
  { header: 'ID', value: (offer: Offer) => offer.agent_id, dropOrder: 1 },
  { header: 'BUNDLE', value: (offer: Offer) => `${offer.bundle} ${offer.bundle_version}` },
]
