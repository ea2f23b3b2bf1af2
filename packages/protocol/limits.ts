// Everything has a named limit (law L9). One table, so that
// an operator can read them all and a test can push each.

const KiB = 1024
const MiB = 1024 * KiB

export const limits = {
  /** Archives that a project has at once, how long each is kept, and how large it may become. */
  exportsPerProject: 100,
  exportDays: 7,
  exportBytes: 4 * 1024 * MiB - 1,
  /**
   * Rows of one file of an archive, and of their length: so much is read again after the router
   * has died.
   */
  exportFileRows: 10_000,
  exportFileBytes: 64 * MiB,
  /** Body of any HTTP request. */
  httpBodyBytes: 1 * MiB,
  /** Canonical JSON of the arguments of one call. */
  argumentsBytes: 256 * KiB,
  argumentsDepth: 32,
  /**
   * How deep arrays and objects may stand in each other in whatever another process or a file says;
   * deeper ones are refused before anything follows them.
   */
  foreignDepth: 512,
  /** Of a schema that comes as data: the schemas in it, and the instructions of its patterns. */
  schemaParts: 5_000,
  patternInstructions: 20_000,
  /**
   * What a check of arguments against a schema may take, in steps of about ten nanoseconds, and
   * what all checks may between two turns of the event loop before the next one waits.
   */
  schemaSteps: 1_000_000,
  schemaStepsPerTurn: 250_000,
  /** Secret values in the arguments of one call. */
  secretsPerCall: 64,
  /** How often a value is looked at with a schema to find them. */
  secretLooks: 25_000,
  noteCharacters: 2000,
  /** A session of the dashboard ends when nobody does anything in it, and at the latest then. */
  sessionIdleSeconds: 30 * 60,
  sessionSeconds: 12 * 3600,
  /** Of one person at once; the oldest makes room. */
  sessionsPerPerson: 20,
  loginLinkSeconds: 10 * 60,
  /** In a quarter of an hour: of one account from one address, of one address, of one account. */
  loginsPerAccountAndAddress: 10,
  loginsPerAddress: 50,
  loginsPerAccount: 100,
  passwordCharactersMin: 12,
  /** Of each person, when an authenticator is set up; each is good once. */
  recoveryCodes: 10,
  passwordCharactersMax: 256,
  /** A mail that sets a password anew is good for so long; so many of one account in an hour. */
  passwordResetSeconds: 30 * 60,
  passwordResetsPerHour: 3,
  passkeysPerPerson: 20,
  /** What guards an account is changed within so long after a login, or another proof. */
  freshLoginSeconds: 10 * 60,
  /** Devices of one person that a project tells by Web Push. */
  pushDevicesPerPerson: 10,
  /** Then the key of the router that push services know takes the place of another. */
  pushKeyDays: 180,
  /** For so long an authenticator may take to sign. */
  passkeyChallengeSeconds: 5 * 60,
  /** For so long somebody may take at the identity provider. */
  providerLoginSeconds: 10 * 60,
  /** A connection of `/ops/stream` lasts no longer; the browser comes again. */
  opsStreamSeconds: 3600,
  /** What one picture of a project shows: workspaces, agents, tools, and what joins them. */
  topologyNodes: 3_000,
  topologyEdges: 50_000,
  /** Approvals that are decided with one request. */
  decisionsPerRequest: 100,
  /** Of one approval policy. */
  policyRules: 1_000,
  policyBytes: 512 * KiB,
  /** Past calls that a policy is tried on at once, newest first, and changes that are listed. */
  backtestCalls: 10_000,
  backtestChanges: 200,
  /** Views that one person has given a name in a project. */
  savedViews: 50,
  /** Newest calls of the last day that the dashboard's activity counts. */
  activityCalls: 10_000,
  /** A stage waits no longer for somebody. */
  approvalSecondsMax: 30 * 86_400,
  /** One expression of a policy: its text, the nodes of its tree, and how deep they stand. */
  policyExpressionCharacters: 2_000,
  policyExpressionNodes: 300,
  policyExpressionDepth: 24,
  /** Loops of an expression that stand in each other. */
  policyExpressionLoops: 2,
  /** What a loop goes through, and how long a text that is matched may be; more fails the rule. */
  policyLoopItems: 1_000,
  policyMatchedCharacters: 4_096,
  /** A pattern that is known only when it is matched: the instructions that it becomes. */
  latePatternInstructions: 2_000,
  /** What one expression may take for one call: parts, times rounds of loops, times characters. */
  policyWork: 100_000_000,
  /** All rules of a policy for one call; those that are left then count as matched. */
  policyEvaluationMs: 50,
  /** Log lines that wait for an output that takes none; more are dropped and counted. */
  logWaitingBytes: 1 * MiB,
  /** Spans that wait for a collector that takes none; more are dropped and counted. */
  spansWaiting: 8_192,
  /** How long the end of a process waits for the collector to take the last of them. */
  traceCloseMs: 3_000,
  /** Open connections of the HTTP server; more are closed at once. */
  httpConnections: 8192,
  /** The same of one address that is no trusted proxy. */
  httpConnectionsPerAddress: 1024,
  /** Its TLS handshakes that are not finished; more connections are closed at once. */
  httpHandshakesPerAddress: 128,
  /** How long one may take; then its connection is closed. */
  httpHandshakeMs: 10_000,
  /**
   * Requests behind the one in hand on a connection, and on all of an address. One more, and all
   * connections of the address are closed.
   */
  pipelinedRequests: 128,
  pipelinedRequestsPerAddress: 1024,
  /** Requests of one address that begin before those of others have their turn. */
  requestsPerTurn: 64,
  /** And how long beginning them may take. */
  addressMsPerTurn: 10,
  /** Requests that an address has in hand while more connections of it are accepted. */
  requestsInHandWhileConnecting: 1,
  /** Larger bodies are parsed one by one, and others have their turn in between. */
  pacedBodyBytes: 64 * KiB,
  /** Of these, how many of one address are read at once. */
  largeBodiesPerAddress: 8,
  /** Requests of one address that need no key; more are answered 429. */
  publicRequestsPerMinute: 60_000,
  /**
   * How long a router that stops waits for the requests in hand before it closes their connections.
   */
  httpCloseGraceMs: 5_000,
  /**
   * What one API key may ask when it has no quota of its
   * own. Far above honest use: it stops a runaway loop.
   */
  requestsPerMinutePerKey: 1_200_000,
  /**
   * Unknown credentials of one address that are answered 401;
   * more are answered 429, and those that are valid pass.
   */
  failedAuthenticationsPerMinute: 60,
  idempotencyKeyCharacters: 128,
  /** Longest `?wait=` of a submit, seconds. */
  waitSeconds: 60,
  pageDefault: 20,
  pageMax: 100,
  /** One message on the data plane, all its frames together. */
  messageBytes: 4 * MiB,
  framesPerMessage: 256,
  /** No version of the wire is called by a higher number. */
  wireVersions: 65_535,
  /** How long the acknowledgement of a result may wait for company. */
  acknowledgementDelayMs: 5,
  /**
   * Unanswered handshakes that a router remembers, and for how long. For one more, the oldest goes
   * of the agent that has most.
   */
  pendingHandshakes: 4096,
  handshakeMs: 10_000,
  /**
   * Canonical JSON of the tools and workspaces of one manifest. As MessagePack, with all reports
   * and calls, it fits one message.
   */
  manifestBytes: 1 * MiB,
  /** Small ones: what a manifest may have in bytes is the usual bound. */
  toolsPerManifest: 4096,
  workspacesPerManifest: 512,
  /** Workspaces that one API key is held to. */
  workspacesPerKey: 256,
  /** Tools that a manifest says are left out, all bundles together. */
  leftOutTools: 512,
  /** Their names and reasons. */
  leftOutCharacters: 32 * KiB,
  /** Calls that one agent may run at a time. */
  inFlightPerAgent: 1024,
  /**
   * Calls that a proof or a renewal may list: those that run,
   * and those whose results the router has not acknowledged.
   */
  reportedCalls: 8192,
  /**
   * Steps of calls, and as many pieces of output, that the router commits for one agent at once;
   * what else it sent waits, and others go on.
   */
  commitsPerSession: 256,
  /**
   * Frames of one agent that wait for the database; more end
   * its session. 64 for each call that it may have in flight.
   */
  unhandledFramesPerSession: 65_536,
  /** The same in bytes: 256 calls that all have their whole window of output under way. */
  unhandledBytesPerSession: 256 * MiB,
  /** An agent whose clock is off by this much is warned of. */
  clockOffsetWarningMs: 60_000,
  /** Of a checkpoint of the audit log, and of the proof that it goes on from another. */
  checkpointNote: 4 * KiB,
  consistencyHashes: 63,
  /** Agents that are asked to cosign one within a second. */
  cosignersPerSecond: 100,
  /** Messages of no use that a router reads of one connection, and how many more a second. */
  wastePerConnection: 1_000,
  wasteRefillPerSecond: 20,
  /** Output kept with the execution record; what follows goes into an artifact. */
  outputInlineBytes: 1 * MiB,
  /** Output kept at all, inline and artifact together; what follows is dropped and marked. */
  outputTotalBytes: 16 * MiB,
  /** The least that a piece of output counts against `outputTotalBytes`, however short it is. */
  outputPieceLeastBytes: 1 * KiB,
  /** One output frame. */
  outputFrameBytes: 64 * KiB,
  /** JSON result of a builtin or MCP tool. */
  resultBytes: 256 * KiB,
  /** How deep its arrays and objects may stand in each other. */
  resultDepth: 64,
  /**
   * How far the clocks of router and agent may differ
   * before an agent takes a valid grant for expired.
   */
  grantClockToleranceMs: 5 * 60_000,
  /** Executions waiting for an agent, per project. */
  queuedPerProject: 1e9,
  /** Approvals that wait for a decision, per project. */
  pendingApprovalsPerProject: 1_000,
  /** How long a queued execution may wait for an agent, seconds. */
  queueSeconds: 300,
  /** Submits that wait for their database commit at one router. */
  commitQueue: 4096,
  streamsPerProject: 1_000,
  /** An SSE reader that takes nothing for this long, in bytes of backlog, is cut (it resumes). */
  streamBacklogBytes: 4 * MiB,
  toolTimeoutMsDefault: 60_000,
  toolTimeoutMsMax: 24 * 3600_000,
  joinKeyHoursDefault: 24,
  joinKeyHoursMax: 24 * 7,
  /** Identities that may present one join key which wants an operator's approval. */
  candidatesPerJoinKey: 16,
  keyRotationGraceHours: 24,
  /** How long an agent may take to come with a new key, and a key counts beside the new one. */
  rotationSeconds: 60,
  keyOverlapSeconds: 60,
  /** Webhooks and channels of a project. */
  channelsPerProject: 100,
  /** How long a webhook's secret signs beside the one that replaced it, hours. */
  webhookSecretOverlapHours: 24,
  webhookSecretOverlapHoursMax: 24 * 7,
  /** Tests of one webhook or channel that may be asked for. */
  testDeliveriesPerHour: 10,
  deliveryAttempts: 6,
  /** From the request to the end of the answer: what answers later has failed. */
  deliveryTimeoutMs: 10_000,
  /** Between the first and the second attempt; each wait is four times the one before. */
  deliveryBackoffMs: 30_000,
  /** Attempts at once, to all receivers and to one. */
  deliveriesAtOnce: 64,
  deliveriesAtOncePerReceiver: 4,
  /** What waits for one receiver; more are dead letters at once. */
  pendingDeliveriesPerReceiver: 10_000,
  /** A delivery that is still not made is given up. */
  deliveryHours: 24,
  /** What one delivery holds; larger arguments and results are left out of it. */
  deliveryBytes: 64 * KiB,
  /**
   * Messages within an hour to one channel or person about calls of one requester, each about one
   * call; of all requesters; and those that say how one ended. What goes beyond is told together.
   */
  noticesPerRequester: 5,
  noticesPerRecipient: 20,
  endNoticesPerRequester: 10,
  /** Between two messages that tell of several calls together, minutes. */
  digestMinutes: 10,
  /** Calls that such a message lists; it counts the others. */
  digestEntries: 20,
  /** People who are told of one approval at once; more are left to channels. */
  peopleToldAtOnce: 100,
  /** The shortest time between two reminders. */
  remindMinutesMin: 15,
  /** How often people are reminded of what waits for them. */
  remindMinutes: 60,
  noticeDays: 30,
  /** How long a one-time link lives at most; never longer than its approval. */
  approvalLinkHours: 72,
  /** Calls that are held, whatever their age. */
  legalHoldsPerProject: 10_000,
  /** How long a project may keep what its calls leave, other than for ever. */
  retentionDaysMax: 36_500,
  /** How long deliveries are kept: those that were made, and dead letters. */
  deliveredDays: 7,
  deadLetterDays: 30,
  /** People of one project, and what it says about them. */
  membersPerProject: 1_000,
  groupsPerProject: 256,
  membersPerGroup: 512,
  /** Those that are not ended. */
  delegationsPerProject: 1_000,
  delegationDaysMax: 366,
  /** Those that are active. */
  pausesPerProject: 1_000,
  pauseSecondsMax: 30 * 86_400,
  /** Agents, workspaces and tools that its plan names. */
  pauseListed: 100,
  /** Of what a pause held back, how many calls a project's agents are given a second after it. */
  resumedCallsPerSecond: 100,
  /** Those that are pending. */
  invitationsPerProject: 1_000,
  invitationHoursDefault: 24 * 7,
  invitationHoursMax: 24 * 30,
} as const
