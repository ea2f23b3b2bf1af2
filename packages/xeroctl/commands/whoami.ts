import { command } from '../command.ts'
import { whoamiRecord } from '../views/whoami.ts'

export const whoami = command({
  name: 'whoami',
  summary: 'Show who the key acts as, and what it may do',
  async run({ cli }) {
    await cli.print.record(whoamiRecord, await cli.client().call('whoami.show'))
  },
})
