import { command } from '../../../command.ts'
import { joinKeyRecord } from '../../../views/join-keys.ts'

export const joinKeysShow = command({
  name: 'show',
  summary: 'Show a join key, without its value',
  arguments: { 'join-key': 'Id' },
  offers: 'join-keys',
  async run({ cli, args }) {
    await cli.print.record(
      joinKeyRecord,
      await cli.client().call('joinKeys.show', { params: { id: args['join-key'] } }),
    )
  },
})
