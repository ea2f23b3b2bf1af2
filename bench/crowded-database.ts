// Whether calls are as fast over a million rows as over none: two systems, one of each, in windows
// that alternate; then the same beside a vacuum of the large one.
import { fillWithRows } from '@xerotier/devkit/many-rows.ts'
import pg from 'pg'
import { type Bench, type System, startSystem } from './bench.ts'
import { closedLoop, median } from './closed-loop.ts'
import { type EchoCalls, openEchoCalls } from './echo-calls.ts'
import type { Figure } from './figure.ts'

const many = 64
const pairs = 6
const windowMs = 3_000
const warmUpMs = 10_000

export async function measureCrowdedDatabase(
  bench: Bench,
  executions: number,
): Promise<{ figures: Figure[]; lines: string[] }> {
  const empty = await bench.system()
  const full = await startSystem(bench.cleanup, bench.programs)
  await fill(full, executions)
  const sides = [empty, full].map(({ router, workspace }) => openEchoCalls(router, workspace, many))
  try {
    for (const side of sides) await closedLoop(many, { ms: warmUpMs }, side.call)
    const quiet = await shares(sides)
    const vacuum = vacuumOver(full)
    const beside = await shares(sides)
    return {
      figures: [share('a million rows', quiet), share('a million rows, beside a vacuum', beside)],
      lines: [`vacuums of a million rows beside the calls: ${await vacuum.stop()}`],
    }
  } finally {
    for (const side of sides) await side.close()
  }
}

function share(what: string, value: number): Figure {
  return {
    name: `64 in flight over ${what}, share of an empty database's rate`,
    value,
    unit: '',
    target: { atLeast: 0.9 },
  }
}

async function fill({ router }: System, executions: number): Promise<void> {
  const db = new pg.Client({ connectionString: router.postgres.url })
  await db.connect()
  const { rows } = await db.query<{ id: string }>('select id from projects')
  await db.end()
  await fillWithRows(router.postgres.url, rows[0]!.id, executions)
}

/** The middle of the shares of several pairs of windows. */
async function shares([empty, full]: readonly EchoCalls[]): Promise<number> {
  const all: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const rate = async (side: EchoCalls) => (await closedLoop(many, { ms: windowMs }, side.call)).perSecond
    // Who is first changes, so that nobody always follows the other.
    const first = pair % 2 === 0
    const one = await rate(first ? full! : empty!)
    const two = await rate(first ? empty! : full!)
    all.push(first ? one / two : two / one)
  }
  return median(all)
}

/** One vacuum after the other, as gentle as autovacuum. */
function vacuumOver({ router }: System): { stop(): Promise<number> } {
  let stopped = false
  const run = async () => {
    const db = new pg.Client({ connectionString: router.postgres.url })
    await db.connect()
    await db.query(`set vacuum_cost_delay = '2ms'`)
    let count = 0
    for (; !stopped; count++) await db.query('vacuum executions, events')
    await db.end()
    return count
  }
  const running = run()
  return {
    stop() {
      stopped = true
      return running
    },
  }
}
