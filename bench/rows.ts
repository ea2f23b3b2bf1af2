// Lists by any filters, over a million executions and three million events.

import { type AnyFilter, listFilters } from '@xerotier/devkit/list-filters.ts'
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import { cloneDatabase, startPostgresForTests, testPostgresVariable } from '@xerotier/devkit/postgres-for-tests.ts'
import { type ApprovalFilter, selectApprovals } from '@xerotier/router/store/approvals.ts'
import { openStore, type Store } from '@xerotier/router/store/database.ts'
import { type ExecutionFilter, selectExecutions } from '@xerotier/router/store/executions.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { Bench } from './bench.ts'
import { quantile } from './closed-loop.ts'
import { measureCrowdedDatabase } from './crowded-database.ts'
import type { Figure, Report } from './figure.ts'

const executions = 1_000_000
const project = 'proj_many'
const page = { limit: 50, now: new Date() }

const lists = {
  executions: (store: Store, filter: AnyFilter) =>
    selectExecutions(store.db, project, { ...page, ...(filter as Partial<ExecutionFilter>) }),
  approvals: (store: Store, filter: AnyFilter) =>
    selectApprovals(store.db, project, { ...page, ...(filter as Partial<ApprovalFilter>) }),
}

export async function measureRows(bench: Bench): Promise<Report> {
  const lists = await measureLists(bench)
  const calls = await measureCrowdedDatabase(bench, executions)
  return { figures: [...lists.figures, ...calls.figures], lines: [...lists.lines, ...calls.lines] }
}

async function measureLists({ cleanup }: Bench): Promise<{ figures: Figure[]; lines: string[] }> {
  const postgres = await startPostgresForTests()
  cleanup.defer(() => postgres.stop())
  process.env[testPostgresVariable] = postgres.url
  const { url } = await cloneDatabase()
  const store = openStore(url, { connections: 4, clock: systemClock, onError() {} })
  cleanup.defer(() => store.close())
  await store.db
    .insertInto('projects')
    .values({ id: project, slug: 'many', name: 'many', created_at: page.now })
    .execute()
  const from = performance.now()
  await fillWithRows(url, project, executions)
  const filled = (performance.now() - from) / 1000
  const before = await timed(store)
  await store.pool.query('analyze')
  const after = await timed(store)
  return {
    figures: [...figures('before ANALYZE', before), ...figures('after ANALYZE', after)],
    lines: [`${executions} executions were made in ${filled.toFixed(0)} s`, slowest(after)],
  }
}

interface Timed {
  what: string
  ms: number
}

/** Each filter and pair of filters three times, the middle one. */
async function timed(store: Store): Promise<Timed[]> {
  const all: Timed[] = []
  for (const table of ['executions', 'approvals'] as const) {
    for (const filter of listFilters(table, page.now)) {
      const runs: number[] = []
      for (let run = 0; run < 3; run++) {
        const start = performance.now()
        await lists[table](store, filter)
        runs.push(performance.now() - start)
      }
      all.push({ what: `${table} ${JSON.stringify(filter)}`, ms: quantile(runs, 0.5) })
    }
  }
  return all
}

function figures(when: string, lists: Timed[]): Figure[] {
  const ms = lists.map((one) => one.ms)
  return [
    { name: `lists of a million, ${when}, p50`, value: quantile(ms, 0.5), unit: 'ms' },
    { name: `lists of a million, ${when}, p99`, value: quantile(ms, 0.99), unit: 'ms', target: { atMost: 15 } },
  ]
}

function slowest(lists: Timed[]): string {
  const { what, ms } = lists.reduce((worst, one) => (one.ms > worst.ms ? one : worst))
  return `the slowest of ${lists.length} lists took ${ms.toFixed(1)} ms: ${what}`
}
