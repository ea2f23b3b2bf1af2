// What an approval has to have, as its policy said when the call was asked for.
import type { Approvers } from './policy.ts'
import type { SelfApproval } from './self-approval.ts'

/** Whoever is in one of the lists; `anyone` who may decide approvals at all. */
export type ApproverSet = Approvers

/** Filled by one who is in each of these sets. */
export interface Place {
  all: ApproverSet[]
}

export interface AskedStage {
  name: string
  places: Place[]
  /**
   * What the policy asks for without its rules: the first places, each with its first sets. Left
   * out where no rule adds to them.
   */
  own?: Place[]
  /** Somebody was told that too few are left for its places. */
  short?: true
  /** How much longer it waits than the stage before it. */
  seconds: number
  /** Who is told when it begins. */
  tell: ApproverSet[]
}

export interface MatchedRule {
  name: string
  /** Why it could not be evaluated: it then counts as matched, and as the strictest. */
  error?: string
}

export interface Asked {
  stages: AskedStage[]
  onTimeout: 'expire' | 'reject'
  requireReason: boolean
  /** Whoever approves confirms it with a passkey. Undefined of what is older than that. */
  requirePasskey?: boolean
  oneRejectEnds: boolean
  /** Null where the settings of the project say. */
  selfApproval: SelfApproval | null
  /** Windows and freezes: an approved call runs once all of them are open. */
  waits: string[]
  /** Within which a call that an owner ran alone has to be reviewed; null where none can be. */
  reviewSeconds: number | null
}

export interface RequesterFacts {
  id: string
  name: string
  kind: string
  /** Empty for who is no person. */
  email: string
  groups: string[]
  roles: string[]
}

/** What expressions knew of a call beside what its record says. */
export interface StoredFacts {
  requester: RequesterFacts
  /** Those that could run it. `name` is empty unless there is exactly one. */
  agent: { name: string; names: string[] }
  /** `workspace_type`, `bundle`, `domain`. */
  labels: Record<string, string>
}

/** As it is stored with the approval. */
export interface AskedRecord extends Asked {
  policy: { id: string | null; name: string; version: number }
  rules: MatchedRule[]
  closed: string[]
  facts: StoredFacts
}
