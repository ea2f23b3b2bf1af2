// The JSON Schema of approval policies as a file, for editors that read one from a checkout or from
// where it is copied to.
import { policyFileJsonSchema } from '@xerotier/protocol/policy.ts'

export const policySchemaName = 'approval-policy.schema.json'

export function policySchemaFile(): string {
  const { $schema, ...schema } = policyFileJsonSchema()
  const about = { $schema, title: 'Approval policy of Xerotier XEM' }
  return `${JSON.stringify({ ...about, ...schema }, null, 2)}\n`
}
