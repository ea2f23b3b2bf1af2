// How far an agent's clock is ahead of ours. A grant or a time of a call means nothing without it.
import { limits } from '@xerotier/protocol/limits.ts'
import type { Records } from '../records.ts'
import type { OnlineAgent } from './online-agent.ts'

/** A message may take this long without its agent's clock having been set, ms. */
const delayMs = 5_000

/**
 * A renewal says what its agent's clock showed. On the way it grew older, so of two measures the
 * larger one is the truer; one that is far smaller says that the clock was set back.
 */
export function noteClock(core: Pick<Records, 'clock' | 'log'>, agent: OnlineAgent, at: number | undefined): void {
  if (at === undefined) return
  const measured = Math.round(at - core.clock.now())
  const known = agent.clockOffsetMs
  if (known !== undefined && measured <= known && measured > known - delayMs) return
  agent.clockOffsetMs = measured
  if (isOff(measured) && !isOff(known)) warnOfClock(core, agent, measured)
}

export function warnOfClock(
  { log }: Pick<Records, 'log'>,
  { id, name }: Pick<OnlineAgent, 'id' | 'name'>,
  clock_offset_ms: number | undefined,
): void {
  if (isOff(clock_offset_ms))
    log.warning({ agent_id: id, agent: name, clock_offset_ms }, 'the clock of an agent is off by a minute or more')
}

const isOff = (offsetMs: number | undefined) => Math.abs(offsetMs ?? 0) >= limits.clockOffsetWarningMs
