// Whom the policies of a project ask, each once.

import type { Topology } from '@xerotier/protocol/api/topology.ts'
import type { ApproverSet } from '@xerotier/protocol/asked.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'

export type Approver = Topology['approvers'][number]

export function approversOf(policy: PolicyDocument | undefined): Approver[] {
  const sets: (ApproverSet | undefined)[] =
    policy === undefined
      ? ['anyone']
      : [
          ...(policy.stages.length === 0 ? ['anyone' as const] : policy.stages.map(({ approvers }) => approvers)),
          policy.approvers_destructive?.approvers,
          policy.approvers_irreversible?.approvers,
          ...policy.rules.map(({ then }) => then.approvers),
        ]
  const named = sets.flatMap((set) => (set === undefined ? [] : namesOf(set)))
  return [...new Map(named.map((one) => [`${one.kind} ${one.name}`, one])).values()]
}

function namesOf(set: ApproverSet): Approver[] {
  if (set === 'anyone') return [{ kind: 'anyone', name: 'anyone' }]
  const of = (kind: Approver['kind'], names: readonly string[] = []) => names.map((name) => ({ kind, name }))
  return [
    ...of('role', set.roles),
    ...of('group', set.groups),
    ...of('user', set.users),
    ...of('service_key', set.service_keys),
  ]
}
