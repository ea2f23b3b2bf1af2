import { command } from '../../command.ts'
import { keyRecord } from '../../views/keys.ts'

export const keysShow = command({
  name: 'show',
  summary: 'Show an API key, without its value',
  arguments: { key: 'Id' },
  offers: 'keys',
  async run({ cli, args }) {
    await cli.print.record(keyRecord, await cli.client().call('apiKeys.show', { params: { id: args.key } }))
  },
})
