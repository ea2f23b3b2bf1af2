import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import type { ApprovalRow } from '../../store/tables.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { runsAsSubmitted } from '../fleet/online-agent.ts'

/** The agents that are there now and could run what is to be approved, by name. */
export function hostsOf({ fleet }: FleetView, approval: ApprovalRow): Approval['agents'] {
  // As the tool itself is; whether a write may run twice is no matter of its reviewer.
  const risk = approval.tool_risk ?? approval.risk
  const offered = (idempotent: boolean) => ({ ...approval, risk, at_most_once: runsAtMostOnce(risk, idempotent) })
  return fleet
    .inProject(approval.project_id)
    .filter((agent) => runsAsSubmitted(agent, offered(false)) || runsAsSubmitted(agent, offered(true)))
    .map(({ id, name }) => ({ id, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
