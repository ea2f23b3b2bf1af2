import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { toggle, words } from '../../options.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysIpFilter = command({
  name: 'ip-filter',
  summary: 'Replace the addresses from which a key may be used',
  arguments: { key: 'Id' },
  offers: 'keys',
  options: {
    allow: words('Addresses or CIDR ranges; none means any'),
    block: words('Addresses or CIDR ranges; these win'),
    clear: toggle('Remove the filter'),
  },
  examples: ['xeroctl keys <id> --ip-filter --allow 10.0.0.0/8 --block 10.6.6.6'],
  async run({ cli, args, options: { allow, block, clear } }) {
    const given = allow.length + block.length > 0
    if (clear === given) throw new UsageError('give --allow or --block, or else --clear')
    const key = await cli.write('apiKeys.ipFilter', { params: { id: args.key }, body: clear ? null : { allow, block } })
    if (key !== undefined) await cli.print.record(keyRecord, key)
  },
})
