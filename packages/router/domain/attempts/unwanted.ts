import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { InFlight } from '@xerotier/protocol/frames/session/in-flight.ts'
import { isAnswerable } from '@xerotier/protocol/lifecycles/execution.ts'
import { selectStandings } from '../../store/attempts.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import type { Attempts } from './attempts.ts'
import { liveCall } from './calls.ts'

/** Of what an agent has, the calls that ended or that another attempt has. */
export async function unwanted(
  core: Pick<Records, 'store'> & Pick<Attempts, 'calls'>,
  agent: OnlineAgent,
  inFlight: InFlight[],
): Promise<CallRef[]> {
  // The record is asked about ambiguous calls each time: a person may have resolved them.
  const unknown = inFlight.filter((ref) => {
    const call = liveCall(core, agent, ref)
    return call === undefined || call.row.state === 'ambiguous'
  })
  const rows = await selectStandings(
    core.store.db,
    unknown.map((call) => call.execution_id),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return unknown
    .filter((call) => {
      const row = byId.get(call.execution_id)
      const wanted =
        row !== undefined &&
        row.agent_id === agent.id &&
        row.attempt === call.attempt &&
        row.lease_epoch === call.lease_epoch &&
        isAnswerable(row.state)
      return !wanted
    })
    .map(({ execution_id, attempt, lease_epoch }) => ({ execution_id, attempt, lease_epoch }))
}
