// What every command that pauses has in common.
import type { PauseCreate } from '@xerotier/protocol/api/pauses.ts'
import type { Cli } from '../../cli.ts'
import { UsageError } from '../../exit-codes.ts'
import { text } from '../../options.ts'
import { instantAhead } from '../../output/time.ts'
import { pausePlanRecord, pauseRecord, subjectOf } from '../../views/pauses.ts'

export const pauseOptions = {
  reason: text('Why, for the record', { aliases: ['note'] }),
  incident: text('The incident that it is for, its number or a link', { placeholder: 'id' }),
  ttl: text('Resume by itself after so long (30m, 8h, 2d) or at a time', { placeholder: 'span' }),
}

export const pauseNotes =
  'What runs goes on; what is queued, or comes in, waits for the end of the pause and then goes oldest first. Its time does not run meanwhile. To pause again what is paused changes the reason or the incident and makes it longer, never shorter. --dry-run asks the router what the pause would touch, and pauses nothing.'

interface Given {
  reason: string | undefined
  incident: string | undefined
  ttl: string | undefined
}

/** The fields of a request beside what is paused. @throws UsageError */
export function reasonOf(cli: Cli, { reason, incident, ttl }: Given) {
  return { reason, incident, ttl_seconds: ttl === undefined ? undefined : secondsAhead(ttl, cli.clock.now()) }
}

function secondsAhead(ttl: string, now: number): number {
  const seconds = Math.ceil((Date.parse(instantAhead(ttl, '--ttl', now)) - now) / 1000)
  if (seconds < 1) throw new UsageError(`--ttl must lie ahead, and ${ttl} does not`)
  return seconds
}

type Target = Pick<PauseCreate, 'agent' | 'workspace' | 'tool' | 'project'>

/** Pauses; under --dry-run says what that would touch instead. */
export async function pause(cli: Cli, target: Target, given: Given): Promise<void> {
  const body = { ...target, ...reasonOf(cli, given) }
  if (cli.globals.dryRun) return planned(cli, target)
  const made = await cli.client().call('pauses.create', { body })
  cli.say(`${subjectOf(made)} is paused; resume with: ${cli.self} pauses end ${made.id}`)
  await cli.print.record(pauseRecord, made)
}

/** Says what a pause would touch. */
export async function planned(cli: Cli, target: Target): Promise<void> {
  await cli.print.record(pausePlanRecord, await cli.client().call('pauses.plan', { body: target }))
}

/** Ends the pause of exactly this. What is not paused is as it should be. */
export async function resume(
  cli: Cli,
  query: { target: 'workspace' | 'project'; workspace?: string },
  name: string,
): Promise<void> {
  const { data } = await cli.client().call('pauses.list', { query: { ...query, limit: 1 } })
  const [known] = data
  if (known === undefined) return cli.say(`${name} is not paused`)
  const ended = await cli.write('pauses.end', { params: { id: known.id } })
  if (ended !== undefined) await cli.print.record(pauseRecord, ended)
}
