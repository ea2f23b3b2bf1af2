import { command } from '../../command.ts'
import { watchEvents } from '../../follow/watch-events.ts'
import { someOf, text } from '../../options.ts'
import { workspaceOption } from '../../record-options.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const approvalsWatch = command({
  name: 'watch',
  summary: 'Print requests and decisions as they happen, one a line',
  options: {
    workspace: workspaceOption('Only this workspace (name or id)'),
    risk: someOf('Only these risks', vocabulary.risks),
    lastEventId: text('Start behind this event instead of now', { placeholder: 'id' }),
  },
  notes: 'Resumes by itself after a cut. Under -o json and ndjson each line is one JSON object. Ctrl-C ends it.',
  examples: ['xeroctl approvals watch --workspace kubernetes-prod -o json | notifier'],
  async run({ cli, options }) {
    const query = { workspace: options.workspace, risk: options.risk.join(',') || undefined }
    await watchEvents(cli, options.lastEventId, (stream) => cli.client().events('approvals.stream', { query }, stream))
  },
})
