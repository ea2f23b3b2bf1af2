import { command } from '../../command.ts'
import { rotateAgents, rotateOptions } from './rotate.ts'

export const agentsCurveRotate = command({
  name: 'curve-rotate',
  summary: 'Replace the CURVE keys between an agent and the router; calls go on',
  arguments: { 'agent?': 'Name or id; not with --all' },
  offers: 'agents',
  options: rotateOptions,
  notes:
    'An agent makes its new key itself, and must be connected. The old key counts for a while beside the new one. An agent that does not come with its new key keeps the old one: the rotation is rolled back, and the exit code is 1.\n\nThe first agent to rotate has the router make a new key as well, at its second endpoint. The key before it is gone once no agent uses it. With --all, an agent whose keys stay as they were is named with the reason, and the others go on.',
  examples: [
    'xeroctl agents curve-rotate xem-jumphost-01 --reason "laptop lost"',
    'xeroctl agents curve-rotate --all --reason "INC-42"',
  ],
  run: ({ cli, args: { agent }, options: { all, reason, wait } }) =>
    rotateAgents(cli, 'agents.curveRotate', { agent, all, reason, wait }),
})
