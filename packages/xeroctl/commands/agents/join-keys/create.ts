import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../../command.ts'
import { number, oneOf, required, text, toggle } from '../../../options.ts'
import { printSecret, secretNotes } from '../../../secret.ts'
import { joinKeyRecord } from '../../../views/join-keys.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const joinKeysCreate = command({
  name: 'create',
  summary: 'Mint a single-use join key; its value is printed this once',
  options: {
    name: required(text('Name of the agent to be', { placeholder: 'name' })),
    region: required(text('Region that the agent inherits', { placeholder: 'region' })),
    routerAddr: text("Data plane that the agent dials; default: the router's own", { placeholder: 'tcp://host:port' }),
    role: oneOf('Role of the agent; default xem', vocabulary.agentRoles),
    requireApproval: toggle('Nobody enrolls with it before you approve them (`agents candidates`)'),
    expiresInHours: number(
      `Default ${limits.joinKeyHoursDefault}`,
      { min: 0.01, max: limits.joinKeyHoursMax, integer: false },
      { placeholder: 'hours' },
    ),
  },
  notes: secretNotes('key'),
  examples: [
    'xeroctl agents join-keys --create --name xem-jumphost-01 --region eu-west --router-addr tcp://router.example:5555',
  ],
  async run({ cli, options }) {
    const body = {
      name: options.name,
      region: options.region,
      router_addr: options.routerAddr,
      role: options.role,
      expires_in_hours: options.expiresInHours,
      ...(options.requireApproval ? { require_approval: true } : {}),
    }
    const created = await cli.write('joinKeys.create', { body })
    if (created === undefined) return
    await printSecret(
      cli,
      created,
      joinKeyRecord,
      'Give it to the agent as XEM_JOIN_KEY. It is not shown again.',
      created.key,
    )
  },
})
