import { command } from '../../../command.ts'
import { text } from '../../../options.ts'
import { instant } from '../../../output/time.ts'
import { workspaceOption } from '../../../record-options.ts'
import { policyBacktestRecord } from '../../../views/policies.ts'
import { readPolicyFile } from './file.ts'
import { versionOption } from './show.ts'

export const policyBacktest = command({
  name: 'backtest',
  summary: 'What a policy would have said of past calls',
  arguments: { 'policy?': 'Name or id' },
  options: {
    file: text('Try this file', { placeholder: 'file', short: 'f' }),
    version: versionOption('Of the policy'),
    workspace: workspaceOption('Only calls of this workspace (name or id)'),
    since: text('Not older than this: 30m, 2h, 7d or a time; default 7d', { placeholder: 'when' }),
    until: text('Not newer than this', { placeholder: 'when' }),
  },
  examples: ['xeroctl approvals policy backtest -f prod.yaml --since 7d'],
  async run({ cli, args, options: { file, since, until, version, workspace } }) {
    const read = file === undefined ? undefined : await readPolicyFile(cli, file)
    const now = cli.surroundings.now()
    const result = await cli.client().call('policies.backtest', {
      body: {
        version,
        workspace: workspace ?? read?.workspace ?? undefined,
        policy: args.policy ?? read?.name,
        document: read?.document,
        since: instant(since ?? '7d', '--since', now),
        until: until === undefined ? undefined : instant(until, '--until', now),
      },
    })
    await cli.print.record(policyBacktestRecord, result)
  },
})
