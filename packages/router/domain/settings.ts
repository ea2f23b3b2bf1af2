export interface Settings {
  /** A lease lives this many renewal intervals. */
  leaseIntervals: number
  /** How often agents are shown the newest checkpoint of the audit log, ms. */
  cosignEveryMs: number
  /** A call that may run twice stays with an agent that left, ms: time for a router restart. */
  lostReadGraceMs: number
  /** An at-most-once call of a lost agent stays in flight, ms. Then it is ambiguous. */
  lostAgentGraceMs: number
  /** After this long without a lease an agent counts as dead, ms. */
  deadAgentMs: number
  queueSeconds: number
  /** A tool that its agent calls milder than before is held until somebody accepts that. */
  holdLoweredRisks: boolean
  queuedPerProject: number
  /** How long an agent may take to come with a new key, ms. Then its rotation is rolled back. */
  rotationMs: number
  /** How long a key counts beside the one that took its place, ms. */
  keyOverlapMs: number
  /** People decide by one-time links: there is a secret for them. */
  links: boolean
  /** People are told by mail: there is a mail server. */
  mail: boolean
  /** Webhooks and channels may reach this host and private networks, and plain HTTP. */
  privateTargets: boolean
  /** For how long the audit logs are kept, days: the events of all projects, at least. */
  auditDays: number
  /** The page of a trace, with `{trace_id}` in place of its id. */
  traceUrl?: string | undefined
}
