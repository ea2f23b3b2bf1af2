// Files that take long start first, so that a run does not end with waiting for one of them.

/** As `npm test` names them at its end, the longest first. One that is missing starts later. */
export const longFiles: readonly string[] = [
  'scripts/start-again.pg.test.ts',
  'scripts/start.test.ts',
  'scripts/pack/packages.test.ts',
  'packages/router/domain/notifications/notices.pg.test.ts',
  'packages/xem-agent/reload-memory.pg.test.ts',
  'test/faults/agent-killed.pg.test.ts',
  'test/faults/router-killed.pg.test.ts',
  'test/guides/first-call.pg.test.ts',
  'test/aws.test.ts',
  'test/faults/postgres-restarted.pg.test.ts',
  'packages/router/broker/noise.pg.test.ts',
  'packages/devkit/shipped-bundles.test.ts',
  'test/faults/external-postgres-restarted.pg.test.ts',
  'test/guides/deploy-your-first-xem.pg.test.ts',
  'packages/router/domain/attempts/dispatcher.pg.test.ts',
  'test/faults/link-cut.pg.test.ts',
  'packages/router/broker/steep-schemas.pg.test.ts',
  'test/guides/approval-policies.pg.test.ts',
  'packages/router/active-router.pg.test.ts',
  'test/faults/link-cut-a-minute.pg.test.ts',
  'test/guides/manage-approvals.pg.test.ts',
  'packages/xeroctl/xeroctl.pg.test.ts',
  'packages/router/broker/backlog.pg.test.ts',
  'packages/router/store/lists.pg.test.ts',
]

/** The long ones, then the others as they come. */
export function longestFirst(files: readonly string[]): string[] {
  const long = longFiles.filter((path) => files.includes(path))
  return [...long, ...files.filter((path) => !long.includes(path))]
}
