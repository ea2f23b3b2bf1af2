// Test files that share a process. To load what a file tests costs one to two seconds of a core,
// often more than its tests do; the second file in a process finds it loaded.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Files of one process; more save little, and the last process ends later. */
const batchSize = 8
/** For all tests of one file; each test has its own, shorter one. */
const fileTimeoutMs = 3_600_000

/**
 * They start first, so that a run does not end with waiting for one of them. As `npm test` names
 * them at its end, the longest first. One that is missing starts later.
 */
export const longFiles: readonly string[] = [
  'test/dashboard/states.pg.test.ts',
  'scripts/start-again.pg.test.ts',
  'test/faults/router-killed.pg.test.ts',
  'test/faults/router-killed-changing-keys.pg.test.ts',
  'packages/router/domain/audit/tamper.pg.test.ts',
  'packages/router/store/lists.pg.test.ts',
  'test/faults/router-killed-rotating.pg.test.ts',
  'test/faults/router-killed-rotating-signing.pg.test.ts',
  'scripts/pack/packages.test.ts',
  'packages/router/domain/notifications/notices.pg.test.ts',
  'test/dashboard/operations.pg.test.ts',
  'test/dashboard/pages.pg.test.ts',
  'scripts/start.test.ts',
  'packages/router/broker/noise.pg.test.ts',
  'packages/xeroctl/xeroctl.pg.test.ts',
  'test/dashboard/approvals.pg.test.ts',
  'test/faults/agent-killed.pg.test.ts',
  'packages/devkit/prometheus.pg.test.ts',
  'test/guides/first-call.pg.test.ts',
  'packages/router/broker/backlog.pg.test.ts',
  'packages/router/broker/steep-schemas.pg.test.ts',
  'packages/router/main.test.ts',
  'packages/router/domain/agents/record-leases.pg.test.ts',
  'test/guides/manage-approvals.pg.test.ts',
  'packages/router/domain/attempts/dispatcher.pg.test.ts',
  'packages/xem-agent/reload-memory.pg.test.ts',
  'packages/devkit/shipped-bundles.test.ts',
  'test/aws.test.ts',
]

/** They change what belongs to their process (its signals, environment, streams) or measure it. */
export const aloneFiles: readonly string[] = [
  'packages/link/outbox-durability.test.ts',
  'packages/runtime/log-output.test.ts',
  'packages/runtime/process.test.ts',
  // Ids never go back in a process, and each of its files has a clock of its own.
  'packages/router/domain/approvals/list.pg.test.ts',
  'packages/router/domain/tools/check-turns.test.ts',
]

export interface Batched {
  /** What `run` of node:test is given, in order. */
  files: string[]
  /** Those of them that are modules which run several files, with these. */
  batches: Map<string, string[]>
}

/**
 * Long files first, each in a process of its own; then modules, written into `folder`, that run
 * several files one after another. Each file is one test in them, named by its absolute path, so
 * that the hooks of a file are its own.
 */
export function batched(
  files: readonly string[],
  { folder, processes }: { folder: string; processes: number },
): Batched {
  const long = longFiles.filter((path) => files.includes(path))
  const alone = files.filter((path) => aloneFiles.includes(path) && !long.includes(path))
  const rest = files.filter((path) => !long.includes(path) && !alone.includes(path))
  const size = Math.min(batchSize, Math.ceil(rest.length / processes))
  const batches = new Map<string, string[]>()
  for (let at = 0; at < rest.length; at += size) {
    const module = join(folder, `batch-${batches.size}.mjs`)
    const paths = rest.slice(at, at + size).map((path) => resolve(path))
    writeFileSync(module, moduleThatRuns(paths))
    batches.set(module, paths)
  }
  return { files: [...long, ...alone, ...batches.keys()], batches }
}

function moduleThatRuns(files: string[]): string {
  return `import { test } from 'node:test'
for (const file of ${JSON.stringify(files)}) test(file, { timeout: ${fileTimeoutMs} }, () => import(file))
`
}
