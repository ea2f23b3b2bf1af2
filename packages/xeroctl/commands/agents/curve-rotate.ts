import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../command.ts'
import { exitCodes } from '../../exit-codes.ts'
import { number, text } from '../../options.ts'
import { rotationRecord } from '../../views/rotations.ts'

export const agentsCurveRotate = command({
  name: 'curve-rotate',
  summary: 'Replace the CURVE keys between an agent and the router; calls go on',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: {
    reason: text('Why, for the audit log', { aliases: ['note'] }),
    wait: number(`Seconds to wait for the cut-over; default ${limits.waitSeconds}`, {
      min: 0,
      max: limits.waitSeconds,
    }),
  },
  notes:
    'The agent makes its new key itself, and must be connected. The old key counts for a while beside the new one. An agent that does not come with its new key keeps the old one: the rotation is rolled back, and the exit code is 1.',
  examples: ['xeroctl agents curve-rotate xem-jumphost-01 --reason "laptop lost"'],
  async run({ cli, args, options: { reason, wait = limits.waitSeconds } }) {
    const rotation = await cli.write('agents.curveRotate', {
      params: { id: args.agent },
      query: { wait },
      body: { reason },
      timeoutMs: (wait + 30) * 1000,
    })
    if (rotation === undefined) return
    cli.say(sayings[rotation.state] ?? `not cut over yet; see: ${cli.self} agents rotations ${rotation.agent}`)
    await cli.print.record(rotationRecord, rotation)
    return exits[rotation.state] ?? exitCodes.detached.code
  },
})

const cutOver = 'cut over: the new keys are in use'
const sayings: Readonly<Record<string, string>> = {
  completed: cutOver,
  ended: cutOver,
  rolled_back: 'rolled back: the old keys stay in use',
}

const exits: Readonly<Record<string, number>> = {
  completed: exitCodes.ok.code,
  ended: exitCodes.ok.code,
  rolled_back: exitCodes.unexpected.code,
}
