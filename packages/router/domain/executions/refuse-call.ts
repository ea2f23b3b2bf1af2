// A call that the policy refuses is not stored. That it was, and by which rules, stands in the log.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { ActivePolicy } from '../policy/book.ts'
import type { Evaluation } from '../policy/evaluate.ts'
import type { Records } from '../records.ts'

/** @throws Fault policy_refused, always */
export async function refuseCall(
  core: Records,
  actor: Member,
  { project_id, workspace_id, tool, risk, digest }: ExecutionRow,
  policy: ActivePolicy,
  { refusals, rules, closed }: Evaluation,
): Promise<never> {
  await write(core, async ({ append }) => {
    const data = { tool, risk, digest, policy: policy.name, version: policy.version, reasons: refusals, rules, closed }
    append({ project_id, kind: 'execution.refused', actor, workspace_id, data })
  })
  throw new Fault('policy_refused', { message: `The policy ${policy.name} refuses this call: ${refusals.join(' ')}` })
}
