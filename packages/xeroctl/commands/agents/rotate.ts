// What the commands have in common that replace a key of agents.
import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cli } from '../../cli.ts'
import { UsageError } from '../../exit-codes.ts'
import { number, text, toggle } from '../../options.ts'
import { rotationRecord } from '../../views/rotations.ts'
import { exitOfRotation } from './exit-of-rotation.ts'
import { rotateAll } from './rotate-all.ts'

export const rotateOptions = {
  all: toggle('Of every agent, a few at a time'),
  reason: text('Why, for the audit log', { aliases: ['note'] }),
  wait: number(`Seconds to wait for each cut-over; default ${limits.waitSeconds}`, {
    min: 0,
    max: limits.waitSeconds,
  }),
}

export interface RotateWords {
  agent: string | undefined
  all: boolean | undefined
  reason: string | undefined
  wait: number | undefined
}

/** @param operation what replaces the key of one agent @returns the exit code */
export async function rotateAgents(
  cli: Cli,
  operation: 'agents.curveRotate' | 'agents.rotateSigningKey',
  { agent, all, reason, wait = limits.waitSeconds }: RotateWords,
): Promise<number | undefined> {
  /** Of one agent; undefined under --dry-run. */
  const rotate = (id: string): Promise<Rotation | undefined> => {
    const timeoutMs = (wait + 30) * 1000
    return cli.write(operation, { params: { id }, query: { wait }, body: { reason }, timeoutMs })
  }
  if (all && agent === undefined) return rotateAll(cli, rotate)
  if (all || agent === undefined) throw new UsageError('Name one agent, or say --all.')
  const rotation = await rotate(agent)
  if (rotation === undefined) return undefined
  const sayings = sayingsOf[operation]
  cli.say(sayings[rotation.state] ?? `not cut over yet; see: ${cli.self} agents rotations ${rotation.agent}`)
  await cli.print.record(rotationRecord, rotation)
  return exitOfRotation(rotation)
}

const sayingOf = (done: string, undone: string): Readonly<Record<string, string>> => ({
  completed: done,
  ended: done,
  rolled_back: `rolled back: ${undone}`,
})
const sayingsOf = {
  'agents.curveRotate': sayingOf('cut over: the new keys are in use', 'the old keys stay in use'),
  'agents.rotateSigningKey': sayingOf('cut over: the agent signs with its new key', 'the agent signs with the old key'),
}
