// `npm run bench`: how fast the whole path is on this machine,
// with what the machine can do beside it. See README.md.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { measureAgentFlood } from './agent-flood.ts'
import { measureAgents } from './agents.ts'
import { measureApproval } from './approval.ts'
import { measureAudit } from './audit.ts'
import type { Bench } from './bench.ts'
import { createBench } from './bench.ts'
import { measureBudget } from './budget.ts'
import { createCleanup } from './cleanup.ts'
import { measureEcho } from './echo.ts'
import { measureExport } from './export.ts'
import type { Figure, Report } from './figure.ts'
import { measureFlood } from './flood.ts'
import { measureJoin } from './join.ts'
import { measureMemory } from './memory.ts'
import { measureOutput } from './output.ts'
import { measurePolicy } from './policy.ts'
import { measureReaders } from './readers.ts'
import { measureRotation } from './rotation.ts'
import { measureRows } from './rows.ts'
import { figureTable } from './table.ts'
import { measureXeroctl } from './xeroctl.ts'

const measurements: Record<string, (bench: Bench) => Promise<Report>> = {
  echo: measureEcho,
  budget: measureBudget,
  approval: measureApproval,
  join: measureJoin,
  memory: measureMemory,
  agents: measureAgents,
  rows: measureRows,
  export: measureExport,
  audit: measureAudit,
  flood: measureFlood,
  'agent-flood': measureAgentFlood,
  readers: measureReaders,
  output: measureOutput,
  policy: measurePolicy,
  rotation: measureRotation,
  xeroctl: measureXeroctl,
}

const names = Object.keys(measurements)
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: names },
    'cpu-profile': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const chosen = values.only.flatMap((list) => list.split(','))
const unknown = chosen.find((name) => !names.includes(name))
if (values.help || unknown !== undefined) {
  if (unknown !== undefined) console.error(`there is no measurement ${unknown}`)
  console.error(`npm run bench -- [--only ${names.join(',')}] [--cpu-profile <folder>]`)
  process.exit(unknown === undefined ? 0 : 2)
}

const cleanup = createCleanup()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanup.run().then(() => process.exit(130)))
}

/** Node writes a CPU profile of each process when it exits. */
const profiled = (name: string) =>
  values['cpu-profile'] === undefined
    ? {}
    : { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values['cpu-profile']}/${name}` } }

const started = performance.now()
const bench = createBench(cleanup, { router: profiled('router'), agent: profiled('agent') })
console.log(
  `node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${loadavg()[0]!.toFixed(2)} before the start\n`,
)
let failed = false
const figures: Figure[] = []
const lines: string[] = []
try {
  for (const name of names.filter((each) => chosen.includes(each))) {
    process.stderr.write(`measuring ${name} ...\n`)
    const report = await measurements[name]!(bench)
    figures.push(...report.figures)
    if (report.lines !== undefined) lines.push('', ...report.lines)
  }
} catch (error) {
  failed = true
  console.error(error)
}
await cleanup.run()
for (const line of [...figureTable(figures), ...lines]) console.log(line)
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`)
process.exit(failed ? 1 : 0)
