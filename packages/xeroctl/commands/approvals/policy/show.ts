import { command } from '../../../command.ts'
import { number } from '../../../options.ts'
import { yamlOf } from '../../../output/yaml.ts'
import { policyVersionRecord } from '../../../views/policies.ts'

export const versionOption = (summary: string) => number(summary, { min: 1, max: 1_000_000_000 })

export const policyShow = command({
  name: 'show',
  summary: 'Show the version of a policy that decides, or another',
  arguments: { policy: 'Name or id' },
  options: { version: versionOption('Another version') },
  notes: 'On the screen it is the file that `apply -f` takes. -o json and -o yaml give the whole record.',
  examples: ['xeroctl approvals policy show prod > prod.yaml'],
  async run({ cli, args, options }) {
    const query = { version: options.version }
    const found = await cli.client().call('policies.show', { params: { policy: args.policy }, query })
    if (cli.format !== 'table' && cli.format !== 'wide') return cli.print.record(policyVersionRecord, found)
    const { policy, workspace, version, state, document } = found
    cli.say(`version ${version} of ${policy} is ${state}`)
    await cli.print.text(await yamlOf({ name: policy, workspace, version, ...document }))
  },
})
