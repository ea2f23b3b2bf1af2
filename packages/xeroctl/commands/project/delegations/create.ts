import { command } from '../../../command.ts'
import { oneOf, required, someOf, text, words } from '../../../options.ts'
import { instantAhead } from '../../../output/time.ts'
import { delegationRecord } from '../../../views/delegations.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const delegationsCreate = command({
  name: 'create',
  summary: 'Let a member decide (grant), or let somebody decide in the place of another (handover)',
  options: {
    kind: required(oneOf('What it is', vocabulary.delegationKinds)),
    to: required(text('Who may decide by it (e-mail or id)', { placeholder: 'member', live: 'members' })),
    from: text('Whose right it is; default: yours', { placeholder: 'member', live: 'members' }),
    risk: someOf('Only these risks; default all', vocabulary.risks),
    workspace: words('Only in these workspaces; default all', { short: 'w', live: 'workspaces' }),
    starts: text('From when on; default now', { placeholder: 'when' }),
    until: required(text('Until when: 8h, 7d or a time', { placeholder: 'when' })),
    note: text('Why'),
  },
  examples: [
    'xeroctl project delegations create --kind grant --to anna@example.com --risk destructive -w prod --until 7d',
    'xeroctl project delegations create --kind handover --to ben@example.com --until 2026-05-15',
  ],
  async run({ cli, options: { risk, workspace, starts, until, ...body } }) {
    const now = cli.clock.now()
    const delegation = await cli.write('delegations.create', {
      body: {
        ...body,
        risks: risk.length === 0 ? undefined : risk,
        workspaces: workspace.length === 0 ? undefined : workspace,
        starts_at: starts === undefined ? undefined : instantAhead(starts, '--starts', now),
        ends_at: instantAhead(until, '--until', now),
      },
    })
    if (delegation !== undefined) await cli.print.record(delegationRecord, delegation)
  },
})
