import type { RefusedFrame } from '@xerotier/protocol/frames/call/refused.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { isAbout } from './calls.ts'
import { giveUp, markAmbiguous, requeue } from './unfinished.ts'

/** After its first refusal; each further one doubles it. */
const restMs = 200
/** By then a renewal has said what ails it: the attempts of a call outlast that. */
const longestRestMs = 6_400

/** The agent did not start the call and will not: another may, or it fails. */
export async function refuseCall(
  core: Records & FleetView & Pick<Attempts, 'calls' | 'dispatcher'>,
  agent: OnlineAgent,
  frame: RefusedFrame,
): Promise<void> {
  const call = core.calls.get(agent.projectId, frame.execution_id)
  if (call === undefined || call.agent.id !== agent.id || !isAbout(call, frame)) return
  // It was in flight there when it was taken back: only its result ends the doubt.
  if (call.row.state === 'ambiguous') return
  core.log.warning(
    { execution_id: frame.execution_id, agent_id: agent.id, code: frame.code, reason: frame.message },
    'the agent refused a call',
  )
  if (call.started === true && call.row.at_most_once) {
    // It said before that the call runs, and perhaps the record does not yet.
    await markAmbiguous(core, call.row, `Its agent refused the call after it had started it: ${frame.message}`)
  } else if (frame.retry) {
    // What it cannot take now it cannot take in a millisecond either.
    const refusals = agent.refusals ?? 0
    agent.refusals = refusals + 1
    const rest = Math.min(longestRestMs, restMs * 2 ** refusals)
    core.fleet.rest(agent, rest)
    core.clock.after(rest + 2, () => core.dispatcher.wake(agent.projectId))
    await requeue(core, call.row, frame.message)
  } else await giveUp(core, call.row, frame.code, frame.message)
}
