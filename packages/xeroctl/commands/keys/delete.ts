import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysDelete = command({
  name: 'delete',
  summary: 'Revoke an API key for good',
  arguments: { key: 'Id' },
  offers: 'keys',
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl keys <id> --delete --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Revoke API key '${args.key}' for good?`, options.yes)
    const key = await cli.write('apiKeys.revoke', { params: { id: args.key } })
    if (key !== undefined) await cli.print.record(keyRecord, key)
  },
})
