// The keys of a whole fleet, a few agents at a time: one that stays as it was is told of, and the
// others go on.
import { ApiError } from '@xerotier/client/api-error.ts'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import type { Cli } from '../../cli.ts'
import { exitOfCode } from '../../exit-codes.ts'
import { readWholeList } from '../../list-options.ts'
import { type Rotated, rotatedView } from '../../views/rotations.ts'
import { exitOfRotation } from './exit-of-rotation.ts'

/** A cut-over is a session of the agent: not all of them at one moment. */
const atATime = 4

/** @returns the exit code: that of the first agent whose keys are not replaced */
export async function rotateAll(cli: Cli, rotate: (agent: string) => Promise<Rotation | undefined>): Promise<number> {
  const { data } = await readWholeList(cli, 'agents.list', {}, { limit: undefined, after: undefined })
  const rows: Rotated[] = []
  const waiting = data.filter(hasKeysInUse)
  const work = async () => {
    for (let agent = waiting.shift(); agent !== undefined; agent = waiting.shift()) {
      const row = await outcomeOf(agent, rotate)
      if (row !== undefined) rows.push(row)
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
  if (cli.globals.dryRun) return 0
  rows.sort((a, b) => (a.agent < b.agent ? -1 : 1))
  await cli.print.list(rotatedView, { data: rows, has_more: false, last_id: null })
  const done = rows.filter(({ rotation }) => rotation !== null && exitOfRotation(rotation) === 0).length
  cli.say(`${done} of ${rows.length} cut over${done < rows.length ? '; the others have the keys that they had' : ''}`)
  return rows.map(exitOf).find((code) => code !== 0) ?? 0
}

/** One that never came has used none, and those of one that is suspended open nothing. */
const hasKeysInUse = ({ state }: Agent) => state !== 'pending' && state !== 'suspended'

async function outcomeOf(
  { id: agent_id, name: agent }: Agent,
  rotate: (agent: string) => Promise<Rotation | undefined>,
): Promise<Rotated | undefined> {
  try {
    const rotation = await rotate(agent_id)
    return rotation && { agent, agent_id, rotation, error: null }
  } catch (error) {
    // Whatever is not about this agent alone ends the whole.
    if (!(error instanceof ApiError) || error.status !== 409) throw error
    return { agent, agent_id, rotation: null, error: { code: error.code ?? '', message: error.message } }
  }
}

const exitOf = ({ rotation, error }: Rotated) =>
  rotation === null ? exitOfCode(error?.code ?? '') : exitOfRotation(rotation)
