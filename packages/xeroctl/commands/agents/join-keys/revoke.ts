import { command } from '../../../command.ts'
import { joinKeyRecord } from '../../../views/join-keys.ts'

export const joinKeysRevoke = command({
  name: 'revoke',
  summary: 'Revoke an unused join key',
  arguments: { 'join-key': 'Id' },
  offers: 'join-keys',
  examples: ['xeroctl agents join-keys <id> --revoke'],
  async run({ cli, args }) {
    const key = await cli.write('joinKeys.revoke', { params: { id: args['join-key'] } })
    if (key !== undefined) await cli.print.record(joinKeyRecord, key)
  },
})
