// What a router tells Prometheus about its work, besides its HTTP latency (http/metrics.ts).

import type { Log } from '@xerotier/runtime/log.ts'
import { boundSeries } from '@xerotier/runtime/metrics.ts'
import { keepExemplars } from '@xerotier/runtime/open-metrics.ts'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { BrokerProbe } from './broker/probe.ts'
import type { Core } from './core.ts'
import type { OutboxOptions } from './domain/deliveries/outbox.ts'
import { shortfallOf } from './domain/fleet/shortfall.ts'
import { countPending } from './store/approvals.ts'
import { countDeliveries } from './store/deliveries.ts'
import type { ExecutionRow } from './store/tables.ts'

/** Gauges read the domain when they are scraped. */
export function addDomainMetrics(registry: Registry, core: Core): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name: `xerotier_router_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read())
      },
    })
  gauge('agents_online', 'Agents that hold a lease with this router', () => core.fleet.all().length)
  gauge(
    'agents_degraded',
    'Agents that do not offer all that they were given',
    () => core.fleet.all().filter((agent) => shortfallOf(agent) !== undefined).length,
  )
  gauge('executions_in_flight', 'Calls at agents, not yet settled', () => core.calls.size)
  gauge('executions_queued', 'Calls waiting for an agent', () => core.dispatcher.queueDepth)
  gauge('commit_queue', 'Items waiting for a group commit', () => core.lanes.depth)
  gauge('output_queue', 'Large pieces of output waiting for theirs', () => core.lanes.outputDepth)
  // One process's memory does not know it. Without the database the other figures are wanted most.
  gauge('approvals_pending', 'Approvals that wait for a person; NaN when the database does not say', () =>
    countPending(core.store.db).catch(() => Number.NaN),
  )
  const deliveries = (which: 'pending' | 'exhausted') => () =>
    countDeliveries(core.store.db).then(
      (counted) => counted[which],
      () => Number.NaN,
    )
  gauge(
    'deliveries_pending',
    'Deliveries to webhooks, channels and people that are still to be made',
    deliveries('pending'),
  )
  gauge(
    'deliveries_exhausted',
    'Deliveries that were given up: xeroctl notifications deliveries --state exhausted',
    deliveries('exhausted'),
  )
}

/** Counts the attempts to deliver something. */
export function countAttempts(registry: Registry): NonNullable<OutboxOptions['attempted']> {
  const attempts = new Counter({
    name: 'xerotier_router_delivery_attempts_total',
    help: 'Attempts to deliver an event to a webhook, a channel or a person',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  return (_, { delivered }) => attempts.inc({ outcome: delivered ? 'delivered' : 'failed' })
}

/** Counts what agents say of the checkpoints that they are shown. */
export function countWitnessed(registry: Registry): (answer: string) => void {
  const answers = new Counter({
    name: 'xerotier_router_audit_witness_answers_total',
    help: 'Answers of agents to checkpoints of the audit log; rollback and fork say that it is not the one they saw',
    labelNames: ['answer'] as const,
    registers: [registry],
  })
  return (answer) => answers.inc({ answer })
}

export function countOutside(registry: Registry): (answer: string) => void {
  const answers = new Counter({
    name: 'xerotier_router_audit_outside_witness_answers_total',
    help: 'How submissions of checkpoints to the witness outside went; rollback and fork say that it has seen another log',
    labelNames: ['answer'] as const,
    registers: [registry],
  })
  return (answer) => answers.inc({ answer })
}

/** Counts what retention has removed, as each pass tells it. */
export function countRemoved(registry: Registry): (counts: Readonly<Record<string, number>>) => void {
  const removed = new Counter({
    name: 'xerotier_router_retention_removed_total',
    help: 'What retention has removed: executions, and those that lost their output or artifacts, events',
    labelNames: ['what'] as const,
    registers: [registry],
  })
  const bytesRemoved = new Counter({
    name: 'xerotier_router_retention_removed_bytes_total',
    help: 'Bytes of output and artifacts that retention has removed',
    registers: [registry],
  })
  return ({ bytes = 0, ...counts }) => {
    bytesRemoved.inc(bytes)
    for (const [what, count] of Object.entries(counts)) removed.inc({ what }, count)
  }
}

type Ended = Pick<
  ExecutionRow,
  'state' | 'risk' | 'traceparent' | 'approval_id' | 'created_at' | 'started_at' | 'finished_at'
>

/** Counts the calls that end; one that a person resolves has ended before. */
export function countEnded(registry: Registry, now: () => number): (row: Ended) => void {
  const name = 'xerotier_router_executions_ended_total'
  const labelNames = ['state', 'risk'] as const
  const series = boundSeries(
    new Counter({
      name,
      help: 'Calls that ended, by how: `ambiguous` ones wait for `xeroctl exec resolve`',
      labelNames,
      registers: [registry],
    }),
  )
  const exemplar = keepExemplars(registry, { name, labelNames }, now)
  const began = measureStart(registry, now)
  return (row) => {
    const { state, risk, traceparent } = row
    series(state, risk).inc()
    exemplar([state, risk], 1, traceparent)
    began(row)
  }
}

const startBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300]

/** How late calls begin. One that nobody took in time is as late as it was given up. */
function measureStart(registry: Registry, now: () => number): (row: Ended) => void {
  const name = 'xerotier_router_execution_start_seconds'
  const start = new Histogram({
    name,
    help: 'From the submit of a call that needs no approval to its beginning at an agent, or to its end without one',
    buckets: startBuckets,
    registers: [registry],
  })
  const exemplar = keepExemplars(registry, { name, labelNames: [], buckets: startBuckets }, now)
  return ({ state, approval_id, traceparent, created_at, started_at, finished_at }) => {
    const end = started_at ?? finished_at
    // What somebody called off was not late.
    if (approval_id !== null || end === null || (started_at === null && state === 'cancelled')) return
    const seconds = Math.max(0, end.getTime() - created_at.getTime()) / 1000
    start.observe(seconds)
    exemplar([], seconds, traceparent)
  }
}

/**
 * Seconds between two log lines about one kind of refused message: a flood must not flood the log.
 */
const quietSeconds = 10

export function createBrokerProbe(registry: Registry, log: Log, now: () => number): BrokerProbe {
  const received = new Counter({
    name: 'xerotier_router_frames_received_total',
    help: 'Frames accepted from agents',
    labelNames: ['frame'] as const,
    registers: [registry],
  })
  const refused = new Counter({
    name: 'xerotier_router_messages_refused_total',
    help: 'Messages and handshakes refused',
    labelNames: ['reason'] as const,
    registers: [registry],
  })
  const spoke = new Map<string, number>()
  const series = boundSeries(received)
  return {
    received: (frame) => series(frame).inc(),
    refused(reason, about) {
      refused.inc({ reason })
      if (now() - (spoke.get(reason) ?? Number.NEGATIVE_INFINITY) < quietSeconds * 1000) return
      spoke.set(reason, now())
      log.warning({ reason, ...about }, 'a message was refused')
    },
  }
}
