// Who may import whom (docs/ARCHITECTURE.md). Nothing else may.

export const betweenPackages: Record<string, readonly string[]> = {
  protocol: [],
  runtime: ['protocol'], // digest.ts hashes canonical JSON
  client: ['protocol'],
  link: ['protocol', 'runtime', 'client'],
  router: ['protocol', 'runtime'],
  'xem-agent': ['protocol', 'runtime', 'client', 'link'],
  'xim-agent': ['protocol', 'runtime', 'client', 'link'],
  xeroctl: ['protocol', 'runtime', 'client'],
  dashboard: ['protocol', 'client'],
  devkit: ['protocol', 'runtime', 'client', 'link', 'router', 'xem-agent', 'xim-agent'],
}

/** Packages that run in a browser as well, so that they import nothing of Node's. */
export const runsAnywhere: readonly string[] = ['protocol', 'client', 'dashboard']

/**
 * Inside a package: folders and files of its top level, each with what it may import of its own
 * package besides itself. `*` is everything. A package that is not listed has no rule of its own.
 */
export const insidePackages: Record<string, Record<string, readonly string[]>> = {
  link: {
    agent: ['*'],
    'link.ts': [
      'connection.ts',
      'credentials',
      'outbox.ts',
      'redials.ts',
      'reports.ts',
      'rotation.ts',
      'succession.ts',
    ],
    'redials.ts': ['connection.ts', 'credentials'],
    'succession.ts': ['connection.ts'],
    'rotation.ts': ['credentials'],
    'connection.ts': ['credentials', 'keys.ts', 'outbox.ts', 'sender.ts'],
    credentials: ['enroll.ts', 'keys.ts'],
    'sender.ts': ['outgoing.ts'],
    'reports.ts': ['outbox.ts'],
    'outbox.ts': ['output-window.ts'],
    'enroll.ts': ['credentials', 'http.ts', 'keys.ts'],
  },
  // routes → pages → { components, api } → ui, which knows nothing of ours.
  dashboard: {
    'main.tsx': ['*'],
    'theme.ts': [],
    worker: ['words'],
    routes: ['pages', 'components', 'api'],
    pages: ['components', 'api', 'ui', 'words'],
    components: ['api', 'ui', 'words'],
    api: ['ui'],
    words: [],
    ui: [],
  },
  router: {
    'main.ts': ['*'],
    'program.ts': ['*'],
    'router.ts': ['*'],
    'active-router.ts': ['*'],
    'open-database.ts': ['active-router.ts', 'check-database.ts', 'domain', 'postgres', 'store'],
    'duties.ts': ['broker', 'core.ts', 'domain'],
    'endpoints.ts': ['broker', 'domain', 'store'],
    'check-database.ts': ['store'],
    'metrics.ts': ['*'],
    'followers.ts': ['domain'],
    'config.ts': [],
    // Only the composition root and the doors know it: a verb names the parts that it needs.
    'core.ts': ['domain'],
    http: ['core.ts', 'domain'],
    broker: ['core.ts', 'domain'],
    domain: ['store'],
    store: [],
    postgres: [],
    backup: ['postgres', 'store'],
  },
}

/**
 * Inside a folder of a package: what it holds, each with what it may import of that folder besides
 * itself. `.` is every file that stands in the folder itself, and every folder that is not listed.
 * From the ground up: nothing stands on what is listed after it. Types count.
 */
export const insideFolders: Record<string, Record<string, readonly string[]>> = {
  // What all doors share imports none of them, and no door imports another.
  'packages/router/http': { '.': [], api: ['.'], ops: ['.'], mcp: ['.'] },
  'packages/router/domain': {
    '.': [],
    events: ['.'],
    policy: ['.'],
    audit: ['.', 'events'],
    directory: ['.'],
    fleet: ['.'],
    witnesses: ['.', 'events', 'audit', 'fleet'],
    lifecycles: ['.', 'events'],
    tools: ['.', 'directory', 'fleet'],
    channels: ['.', 'events', 'directory'],
    'push-devices': ['.', 'events', 'directory', 'channels'],
    people: ['.', 'events', 'directory', 'lifecycles', 'push-devices'],
    'router-keys': ['.', 'events', 'lifecycles'],
    'grant-keys': ['.', 'events', 'fleet', 'lifecycles'],
    rotations: ['.', 'events', 'directory', 'fleet', 'lifecycles', 'router-keys', 'grant-keys'],
    attempts: ['.', 'events', 'policy', 'directory', 'fleet', 'lifecycles', 'tools', 'grant-keys'],
    health: ['.', 'events', 'fleet'],
    topology: ['.', 'fleet'],
    'api-keys': ['.', 'events', 'directory', 'people'],
    sessions: ['.', 'events', 'people', 'api-keys', 'push-devices'],
    projects: ['.', 'events', 'people', 'api-keys', 'sessions'],
    'join-keys': ['.', 'events', 'lifecycles', 'router-keys'],
    enrollment: ['.', 'events', 'fleet', 'lifecycles', 'router-keys', 'grant-keys', 'rotations', 'join-keys'],
    pauses: ['.', 'events', 'directory', 'fleet', 'lifecycles', 'attempts'],
    agents: ['.', 'events', 'directory', 'fleet', 'lifecycles', 'tools', 'attempts', 'pauses', 'rotations'],
    approvals: ['.', 'events', 'policy', 'directory', 'fleet', 'lifecycles', 'people', 'tools', 'attempts'],
    policies: ['.', 'events', 'policy', 'directory', 'fleet', 'lifecycles', 'tools', 'people', 'attempts', 'approvals'],
    executions: [
      '.',
      'events',
      'policy',
      'directory',
      'fleet',
      'lifecycles',
      'tools',
      'people',
      'attempts',
      'approvals',
    ],
    workspaces: ['.', 'events', 'directory', 'fleet', 'lifecycles', 'attempts', 'executions'],
    'key-rotation': ['.', 'events'],
    retention: ['.', 'events', 'audit'],
    'legal-holds': [
      '.',
      'events',
      'policy',
      'directory',
      'fleet',
      'lifecycles',
      'tools',
      'people',
      'attempts',
      'approvals',
      'executions',
    ],
    exports: ['.', 'events', 'audit', 'directory', 'fleet', 'lifecycles', 'agents', 'approvals', 'executions'],
    siem: ['.', 'events', 'exports'],
    deliveries: ['.', 'events', 'lifecycles'],
    dashboard: ['.', 'events', 'fleet', 'agents', 'approvals', 'executions'],
    notifications: [
      '.',
      'events',
      'fleet',
      'people',
      'sessions',
      'join-keys',
      'agents',
      'approvals',
      'executions',
      'deliveries',
      'channels',
      'push-devices',
    ],
    'approval-links': ['.', 'events', 'fleet', 'people', 'approvals', 'deliveries', 'notifications'],
  },
}
