// What an approval has to have: from its own record, or from that of before there were policies.
import type { AskedRecord, AskedStage } from '@xerotier/protocol/asked.ts'
import type { ApprovalRow } from '../../store/tables.ts'

type Row = Pick<ApprovalRow, 'asked' | 'stage' | 'requested_at' | 'expires_at' | 'stage_ends_at'>

export function askedOf({ asked, requested_at, expires_at }: Row): AskedRecord {
  return asked ?? asBefore((expires_at.getTime() - requested_at.getTime()) / 1000)
}

function asBefore(seconds: number): AskedRecord {
  return {
    policy: { id: null, name: 'default', version: 0 },
    stages: [{ name: '', places: [{ all: ['anyone'] }], seconds, tell: ['anyone'] }],
    onTimeout: 'expire',
    requireReason: false,
    oneRejectEnds: true,
    selfApproval: null,
    waits: [],
    reviewSeconds: null,
    rules: [],
    closed: [],
    facts: {
      requester: { id: '', name: '', kind: '', email: '', groups: [], roles: [] },
      agent: { name: '', names: [] },
      labels: {},
    },
  }
}

export function stageOf(asked: AskedRecord, index: number): AskedStage {
  const stage = asked.stages[index]
  if (stage === undefined) throw new Error(`an approval is in stage ${index}, which it does not have`)
  return stage
}

/** When each stage ends. They follow each other without a gap, whenever somebody looks. */
export function endsOf(asked: AskedRecord, requestedAt: Date): Date[] {
  let at = requestedAt.getTime()
  return asked.stages.map(({ seconds }) => {
    at += seconds * 1000
    return new Date(at)
  })
}
