import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { number, text, toggle } from '../../options.ts'
import { rotationRecord } from '../../views/rotations.ts'
import { exitOfRotation } from './exit-of-rotation.ts'
import { rotateAll } from './rotate-all.ts'

export const agentsCurveRotate = command({
  name: 'curve-rotate',
  summary: 'Replace the CURVE keys between an agent and the router; calls go on',
  arguments: { 'agent?': 'Name or id; not with --all' },
  offers: 'agents',
  options: {
    all: toggle('Of every agent, a few at a time'),
    reason: text('Why, for the audit log', { aliases: ['note'] }),
    wait: number(`Seconds to wait for each cut-over; default ${limits.waitSeconds}`, {
      min: 0,
      max: limits.waitSeconds,
    }),
  },
  notes:
    'An agent makes its new key itself, and must be connected. The old key counts for a while beside the new one. An agent that does not come with its new key keeps the old one: the rotation is rolled back, and the exit code is 1.\n\nThe first agent to rotate has the router make a new key as well, at its second endpoint. The key before it is gone once no agent uses it. With --all, an agent whose keys stay as they were is named with the reason, and the others go on.',
  examples: [
    'xeroctl agents curve-rotate xem-jumphost-01 --reason "laptop lost"',
    'xeroctl agents curve-rotate --all --reason "INC-42"',
  ],
  async run({ cli, args: { agent }, options: { all, reason, wait = limits.waitSeconds } }) {
    const rotate = rotating(cli, reason, wait)
    if (all && agent === undefined) return rotateAll(cli, rotate)
    if (all || agent === undefined) throw new UsageError('Name one agent, or say --all.')
    const rotation = await rotate(agent)
    if (rotation === undefined) return
    cli.say(sayings[rotation.state] ?? `not cut over yet; see: ${cli.self} agents rotations ${rotation.agent}`)
    await cli.print.record(rotationRecord, rotation)
    return exitOfRotation(rotation)
  },
})

/** Of one agent; undefined under --dry-run. */
function rotating(cli: Cli, reason: string | undefined, wait: number) {
  return (id: string): Promise<Rotation | undefined> =>
    cli.write('agents.curveRotate', {
      params: { id },
      query: { wait },
      body: { reason },
      timeoutMs: (wait + 30) * 1000,
    })
}

const cutOver = 'cut over: the new keys are in use'
const sayings: Readonly<Record<string, string>> = {
  completed: cutOver,
  ended: cutOver,
  rolled_back: 'rolled back: the old keys stay in use',
}
