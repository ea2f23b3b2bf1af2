// What the house does not hold yet, each with who is at it. Add nothing.

export const knownLongFunctions: readonly { path: string; name: string; at: string }[] = [
  { path: 'packages/router/broker/broker.ts', name: 'startBroker', at: 'agents' },
  { path: 'packages/xem-agent/agent.ts', name: 'startAgent', at: 'agents' },
  { path: 'packages/router/domain/events/reader.ts', name: 'createEventLog', at: 'follow' },
  { path: 'packages/router/router.ts', name: 'startRouter', at: 'core' },
  { path: 'packages/router/domain/approvals/decide.ts', name: 'decideApproval', at: 'core' },
]

export const knownTypeCircles: readonly { files: readonly string[]; at: string }[] = [
  { files: ['packages/link/connection.ts', 'packages/link/link.ts'], at: 'agents' },
  {
    files: [
      'packages/router/domain/fleet/health.ts',
      'packages/router/domain/attempts/changed.ts',
      'packages/router/domain/attempts/void.ts',
      'packages/router/domain/core.ts',
      'packages/router/domain/attempts/dispatch.ts',
      'packages/router/domain/attempts/dispatcher.ts',
      'packages/router/domain/attempts/sweep.ts',
      'packages/router/domain/tools/tool-for.ts',
      'packages/router/domain/attempts/unfinished.ts',
      'packages/router/domain/tools/unserved.ts',
    ],
    at: 'core',
  },
  {
    files: ['packages/router/domain/enrollment/enroll.ts', 'packages/router/domain/enrollment/identity-row.ts'],
    at: 'core',
  },
]
