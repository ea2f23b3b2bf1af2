import { command } from '../../command.ts'
import { text } from '../../options.ts'
import { grantKeysRecord } from '../../views/grant-keys.ts'

export const agentsRotateGrantKey = command({
  name: 'rotate-grant-key',
  summary: 'Have the router sign what agents may run with a new key; calls go on',
  options: { reason: text('Why, for the audit log', { aliases: ['note'] }) },
  notes:
    'The key before vouches for the new one, and agents are told over their sessions; one that is away hears of it when it comes back. The key before signs as well for a while, and for as long as an agent of an earlier version knows no other. It is of the router: all projects have the same.',
  examples: ['xeroctl agents rotate-grant-key --reason "INC-42"'],
  async run({ cli, options: { reason } }) {
    const keys = await cli.write('grantKeys.rotate', { body: { reason } })
    if (keys === undefined) return
    cli.say('grants are signed with a new key')
    if (keys.unaware_agents > 0)
      cli.say(
        `agents of an earlier version: ${keys.unaware_agents}; the key before signs until they are upgraded or removed`,
      )
    await cli.print.record(grantKeysRecord, keys)
  },
})
