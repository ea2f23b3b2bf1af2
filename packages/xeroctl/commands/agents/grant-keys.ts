import { command } from '../../command.ts'
import { grantKeysRecord } from '../../views/grant-keys.ts'

export const agentsGrantKeys = command({
  name: 'grant-keys',
  summary: 'Show the keys with which the router signs that an agent may run an approved call',
  examples: ['xeroctl agents grant-keys'],
  async run({ cli }) {
    await cli.print.record(grantKeysRecord, await cli.client().call('grantKeys.show'))
  },
})
