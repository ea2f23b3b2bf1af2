import { command } from '../../command.ts'
import { rotateAgents, rotateOptions } from './rotate.ts'

export const agentsRotateSigningKey = command({
  name: 'rotate-signing-key',
  summary: 'Have an agent sign with a new key that its old one signs; calls go on',
  arguments: { 'agent?': 'Name or id; not with --all' },
  offers: 'agents',
  options: rotateOptions,
  notes:
    'The signing key says who an agent is: in its messages, and under the checkpoints of the audit log. An agent makes its new key itself, and must be connected. The old key names the new one, which stands in the audit log with both signatures, and counts beside it for a while. An agent that does not come with its new key keeps the old one: the rotation is rolled back, and the exit code is 1.\n\nWhoever has a leaked key can do the same before you: where a key may have leaked, look at the rotations of the agent, or revoke its credentials. With --all, an agent whose key stays as it was is named with the reason, and the others go on.',
  examples: [
    'xeroctl agents rotate-signing-key xem-jumphost-01 --reason "laptop lost"',
    'xeroctl agents rotate-signing-key --all --reason "INC-42"',
  ],
  run: ({ cli, args: { agent }, options: { all, reason, wait } }) =>
    rotateAgents(cli, 'agents.rotateSigningKey', { agent, all, reason, wait }),
})
