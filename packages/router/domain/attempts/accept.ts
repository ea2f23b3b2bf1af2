import type { AcceptedFrame } from '@xerotier/protocol/frames/call/accepted.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { agentTime } from './agent-time.ts'
import type { Attempts } from './attempts.ts'
import { isAbout, liveCall } from './calls.ts'

/** The agent says that the call runs. What the same message says next may depend on it. */
export function noteStart(core: Pick<Attempts, 'calls'>, agent: OnlineAgent, frame: AcceptedFrame): void {
  const call = liveCall(core, agent, frame)
  if (call !== undefined) call.started = true
}

/** An agent that lists a call as running has started it. Its `accepted` may have been lost. */
export async function acceptReported(
  core: Pick<Records, 'clock'> & Pick<Attempts, 'lanes' | 'calls'>,
  agent: OnlineAgent,
  inFlight: InFlight[],
): Promise<void> {
  // By the agent's clock, as if it had said so.
  const started_at = Math.round(core.clock.now() + (agent.clockOffsetMs ?? 0))
  const unheard = inFlight.filter((ref) => {
    const call = ref.status === 'running' ? liveCall(core, agent, ref) : undefined
    if (call === undefined || call.row.state !== 'dispatched' || call.started === true) return false
    call.started = true
    return true
  })
  await Promise.all(unheard.map((ref) => acceptCall(core, agent, { t: 'accepted', ...ref, started_at })))
}

/** Records that the agent started the call. Nobody waits for it. */
export async function acceptCall(
  core: Pick<Records, 'clock'> & Pick<Attempts, 'lanes' | 'calls'>,
  agent: OnlineAgent,
  frame: AcceptedFrame,
): Promise<void> {
  const call = core.calls.get(agent.projectId, frame.execution_id)
  if (call === undefined || call.agent.id !== agent.id || !isAbout(call, frame)) return
  const now = core.clock.now()
  const startedAt = agentTime(agent, frame.started_at, { row: call.row, now })
  const written = await core.lanes.commit('accept', {
    id: frame.execution_id,
    agent_id: agent.id,
    attempt: frame.attempt,
    lease_epoch: frame.lease_epoch,
    started_at: startedAt,
    sent_at: call.sentOn ?? null,
    at: new Date(now),
  })
  if (!written) return
  call.row.state = 'running'
  call.row.started_at = startedAt
}
