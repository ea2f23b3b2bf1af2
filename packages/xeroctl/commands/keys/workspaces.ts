import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { toggle, words } from '../../options.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysWorkspaces = command({
  name: 'workspaces',
  summary: 'Replace the workspaces whose calls a key may make and decide on',
  arguments: { key: 'Id' },
  offers: 'keys',
  options: {
    workspace: words('Only these (names or ids)', { short: 'w', live: 'workspaces' }),
    clear: toggle('All workspaces of the project'),
  },
  examples: ['xeroctl keys workspaces <id> -w kubernetes-staging,local-host'],
  async run({ cli, args, options: { workspace, clear } }) {
    if (clear === workspace.length > 0) throw new UsageError('give --workspace, or else --clear')
    const body = clear ? null : { workspaces: workspace }
    const key = await cli.write('apiKeys.workspaces', { params: { id: args.key }, body })
    if (key !== undefined) await cli.print.record(keyRecord, key)
  },
})
