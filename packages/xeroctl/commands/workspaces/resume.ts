import { command } from '../../command.ts'
import { resume } from '../pauses/pausing.ts'

export const workspacesResume = command({
  name: 'resume',
  summary: 'End the pause of a workspace; those of its agents and tools go on',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  examples: ['xeroctl workspaces resume kubernetes-prod'],
  async run({ cli, args }) {
    await resume(cli, { target: 'workspace', workspace: args.workspace }, args.workspace)
  },
})
