import { command } from '../../../command.ts'

export const policySchema = command({
  name: 'schema',
  summary: 'Print the JSON Schema of a policy file, by which editors complete it',
  examples: ['xeroctl approvals policy schema > policy.schema.json'],
  async run({ cli }) {
    const schema = await cli.client().call('policies.schema')
    await cli.print.text(`${JSON.stringify(schema, null, 2)}\n`)
  },
})
