// `npm run dashboard-figures [-- --only latency,graph --executions 100000 --minutes 1]`: what the
// dashboard promises of time and memory, measured in a real browser, each with its bar.
import { parseArgs } from 'node:util'
import type { Figure } from '../bench/figure.ts'
import { figureTable } from '../bench/table.ts'
import { measureApprovals } from './dashboard/approvals.ts'
import { measureEvents } from './dashboard/events.ts'
import { measureGraph } from './dashboard/graph.ts'
import { measureLatency } from './dashboard/latency.ts'
import { measureLighthouse } from './dashboard/lighthouse.ts'
import { measureRows } from './dashboard/rows.ts'
import { inWorld, load, type Measurement } from './dashboard/world.ts'

const measurements: Record<string, Measurement> = {
  latency: measureLatency,
  graph: measureGraph,
  events: measureEvents,
  approvals: measureApprovals,
  rows: measureRows,
  lighthouse: measureLighthouse,
}
const names = Object.keys(measurements)
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: names.join(',') },
    executions: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '3' },
  },
})
const options = { executions: Number(values.executions), minutes: Number(values.minutes) }
const chosen = values.only.split(',')
const unknown = chosen.find((name) => !names.includes(name))
if (unknown !== undefined) throw new Error(`there is no measurement ${unknown}: ${names.join(', ')}`)
for (const name of chosen) {
  // Each with a router of its own: what one leaves behind is no part of another.
  const figures: Figure[] = await inWorld(async (world) => (await measurements[name]?.(world, options)) ?? [])
  console.log(`${name}, load ${load()}`)
  for (const line of figureTable(figures)) console.log(`  ${line}`)
}
