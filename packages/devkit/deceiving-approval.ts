// An approval in which every text that others choose holds what deceives its reader, for the tests
// of all that shows one.
import assert from 'node:assert/strict'
import { type Approval, approvalSchema } from '@xerotier/protocol/api/approvals.ts'

/** Terminal escapes, text turned around, zero widths, another alphabet, a space that is none. */
export const deceits =
  'a\u001b[2J\u009bb\u202ec\u2066d\u200be\ufefff p\u0430ypal\u00a0g\u{e0041}h \uff52\uff4d \u2028<b>&"x\u3164\r\ny'

/** What none of it may be shown as. */
const deceiving = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u0430\uff52\uff4d]|(?! )\p{Zs}/u

/** Line breaks of the layout are none. */
export function nothingDeceives(shown: string, surface: string): void {
  const found = deceiving.exec(shown.replaceAll('\n', ''))
  const about = found === null ? '' : shown.slice(Math.max(0, found.index - 60), found.index + 20)
  assert.equal(found, null, `${surface}: ${JSON.stringify(about)}`)
}

export function deceivingApproval(change: Partial<Approval> = {}): Approval {
  const at = '2026-05-01T12:00:00.000Z'
  return approvalSchema.parse({
    id: '01a1feb6-df55-76fb-8bb9-93e50a75411e',
    object: 'approval',
    execution_id: '01a1feb6-df55-7f5e-a11c-81d15ba9b7d7',
    workspace_id: 'wsp_1',
    workspace: deceits,
    tool: deceits,
    risk: 'irreversible',
    tool_risk: 'write',
    state: 'pending',
    args: { [deceits]: { list: [deceits, 1e2, 1.0] } },
    prompt: deceits,
    reason: deceits,
    digest: 'd'.repeat(64),
    policy_version: 1,
    credentials_ref: deceits,
    agents: [{ id: 'agt_1', name: deceits }],
    requested_by: 'usr_1',
    requested_by_name: deceits,
    requested_key: 'key_1',
    requested_door: 'api',
    requested_at: at,
    expires_at: at,
    decided_by: 'usr_2',
    decided_by_name: deceits,
    decided_key: null,
    decided_door: 'api',
    decided_at: at,
    note: deceits,
    asked: {
      policy: deceits,
      policy_id: 'pol_1',
      version: 1,
      rules: [{ name: deceits, error: deceits }],
      closed: [deceits],
      stage: 0,
      stage_name: deceits,
      stages: 2,
      stage_ends_at: at,
      places: 1,
      require_reason: true,
      require_passkey: true,
      on_timeout: 'expire',
      break_glass: false,
    },
    votes: [
      {
        vote: 'approve',
        by: 'usr_2',
        by_name: deceits,
        key: null,
        door: 'api',
        stage: 0,
        digest: 'd',
        note: deceits,
        passkey: { id: 'psk_1', name: deceits },
        at,
      },
    ],
    recommendations: [
      {
        recommendation: 'reject',
        by: 'key_2',
        by_name: deceits,
        key: 'key_2',
        door: 'api',
        digest: 'd',
        note: deceits,
        at,
      },
    ],
    needs: [deceits],
    needed: 1,
    runs_at: at,
    review_due_at: at,
    reviewed_by: 'usr_3',
    reviewed_by_name: deceits,
    reviewed_at: at,
    review_note: deceits,
    confirm: deceits,
    ...change,
  })
}
