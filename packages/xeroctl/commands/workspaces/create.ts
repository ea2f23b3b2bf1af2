import { command } from '../../command.ts'
import { oneOf, text } from '../../options.ts'
import { workspaceRecord } from '../../views/workspaces.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const workspacesCreate = command({
  name: 'create',
  summary: 'Create a workspace',
  arguments: { name: 'Letters, digits and hyphens' },
  options: {
    type: oneOf('What it operates on; default generic', vocabulary.workspaceTypes),
    description: text('For people'),
  },
  examples: ['xeroctl workspaces create kubernetes-prod --type kubernetes'],
  async run({ cli, args, options }) {
    const workspace = await cli.write('workspaces.create', { body: { name: args.name, ...options } })
    if (workspace !== undefined) await cli.print.record(workspaceRecord, workspace)
  },
})
