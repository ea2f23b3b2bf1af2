import { command } from '../../../command.ts'
import { UsageError } from '../../../exit-codes.ts'
import { text, toggle } from '../../../options.ts'
import { policyChangeRecord } from '../../../views/policies.ts'
import { fileOption, readPolicyFile } from './file.ts'

export const policyApply = command({
  name: 'apply',
  summary: 'Let a policy decide from now on, or store it as a draft',
  options: {
    file: fileOption,
    name: text('Instead of the name in the file', { placeholder: 'name' }),
    note: text('Why; kept with the version'),
    draft: toggle('Store it beside the one that decides, to be compared with it'),
  },
  notes:
    'A `version` in the file is the newest one that was seen: when somebody has changed the policy since, nothing is applied. ' +
    '--dry-run asks the router what would change, and what would become of the calls that wait.',
  examples: [
    'xeroctl approvals policy apply -f prod.yaml --dry-run',
    'xeroctl approvals policy apply -f prod.yaml --draft',
  ],
  async run({ cli, options }) {
    const file = await readPolicyFile(cli, options.file)
    const name = options.name ?? file.name
    if (name === undefined) throw new UsageError(`${options.file} has no name, and --name is not given`)
    const { workspace, version, document } = file
    const note = options.note ?? file.note
    const change = await cli.client().call('policies.apply', {
      params: { policy: name },
      body: {
        ...(workspace === undefined ? {} : { workspace }),
        ...(note === undefined ? {} : { note }),
        draft: options.draft,
        dry_run: cli.globals.dryRun === true,
        document,
      },
      ifMatch: version,
    })
    await cli.print.record(policyChangeRecord(cli.globals.dryRun === true), change)
  },
})
