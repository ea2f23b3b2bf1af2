import { command } from '../../command.ts'
import { pause, pauseNotes, pauseOptions } from '../pauses/pausing.ts'

export const workspacesPause = command({
  name: 'pause',
  summary: 'Dispatch no more calls of a workspace, whatever agent serves it',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  options: pauseOptions,
  notes: pauseNotes,
  examples: [
    'xeroctl workspaces pause kubernetes-prod --reason "cluster outage" --incident INC-42 --ttl 2h',
    'xeroctl workspaces pause kubernetes-prod --dry-run',
  ],
  async run({ cli, args, options }) {
    await pause(cli, { workspace: args.workspace }, options)
  },
})
