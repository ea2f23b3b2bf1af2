import { command } from '../../command.ts'
import { oneOf, required, text } from '../../options.ts'
import { instant } from '../../output/time.ts'
import { workspaceOption } from '../../record-options.ts'
import { exportRecord } from '../../views/exports.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const exportsCreate = command({
  name: 'create',
  summary: 'Make an archive of what happened, in the background',
  options: {
    type: required(oneOf('What it holds', vocabulary.exportTypes)),
    since: required(text('From then on: 30m, 2h, 7d ago or a time', { placeholder: 'when' })),
    until: text('Up to then; default now', { placeholder: 'when' }),
    workspace: workspaceOption('Only of this workspace (name or id): executions and approvals'),
    format: oneOf('How each is written, default ndjson; cef and ocsf are of audit alone', vocabulary.exportFormats),
  },
  notes: 'Every archive holds the sealed audit log of that time as well, with what verifies it.',
  examples: [
    'xeroctl exports create --type executions --since 2h',
    'xeroctl exports create --type audit --since 2026-05-01 --until 2026-06-01 --format ocsf',
  ],
  async run({ cli, options: { type, since, until, workspace, format } }) {
    const now = cli.surroundings.now()
    const body = {
      type,
      since: instant(since, '--since', now),
      until: until === undefined ? new Date(cli.clock.now()).toISOString() : instant(until, '--until', now),
      ...(workspace === undefined ? {} : { workspace }),
      ...(format === undefined ? {} : { format }),
    }
    const made = await cli.write('exports.create', { body })
    if (made === undefined) return
    await cli.print.record(exportRecord, made)
    cli.say(`How far it is: ${cli.self} exports status ${made.id}`)
  },
})
