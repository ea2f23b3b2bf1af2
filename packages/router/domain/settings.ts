export interface Settings {
  /** A lease lives this many renewal intervals. */
  leaseIntervals: number
  /** How long a call that may run twice stays with an agent that left, ms: time for a router restart. */
  lostReadGraceMs: number
  /** How long an at-most-once call of a lost agent stays in flight before it becomes ambiguous, ms. */
  lostAgentGraceMs: number
  /** After this long without a lease an agent counts as dead, ms. */
  deadAgentMs: number
  queueSeconds: number
  queuedPerProject: number
}
