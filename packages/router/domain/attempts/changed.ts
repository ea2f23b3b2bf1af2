// Law L3: an approval covers exactly what runs.

import type { ExecutionRow } from '../../store/tables.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Policies } from '../policy/book.ts'

/**
 * What has changed since the call was submitted. Asked at the decision and again at the dispatch:
 * at the first nobody may be there to compare with.
 * @returns half a sentence, or undefined when nothing is known to have changed
 */
export function whatChanged({ fleet, policies }: FleetView & Policies, call: ExecutionRow): string | undefined {
  // A change of a policy looks at all that it had asked for, in its own transaction: what is left
  // would be granted the same way.
  if (!policies.knows(call.project_id, call.policy_version)) return 'The policy changed'
  const isServed = fleet.strictest(call.project_id, call.workspace_id, call.tool) !== undefined
  return !isServed || fleet.offers(call) ? undefined : `The tool ${call.tool} or its credentials changed`
}
