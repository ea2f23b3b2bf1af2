// The metrics of calls, with their workspace: alerts name the blast radius.
import { gauge } from '@xerotier/link/agent/metrics.ts'
import { boundSeries, Counter, Histogram, type Registry } from '@xerotier/runtime/metrics.ts'
import { keepExemplars } from '@xerotier/runtime/open-metrics.ts'
import type { ExecutionMeters } from './execution/executions.ts'
import type { InterruptedCall } from './interrupted.ts'

export interface ExecutionMetrics extends ExecutionMeters {
  /** The end of an earlier process ended it: how long it ran and what it wrote is not known. */
  interruptedBefore(call: InterruptedCall): void
}

export interface Observed {
  inFlight(): number
  bundlesRefused(): number
  /** Milliseconds since the epoch. */
  now(): number
}

const buckets = [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]

export function createExecutionMetrics(
  registry: Registry,
  maxConcurrent: number,
  observed: Observed,
): ExecutionMetrics {
  const registers = [registry]
  gauge(registry, 'xem_executions_in_flight', 'Calls that run now.', observed.inFlight)
  gauge(registry, 'xem_executions_in_flight_limit', 'Most calls that run at the same time.', () => maxConcurrent)
  gauge(registry, 'xem_bundles_refused', 'Bundles that did not load.', observed.bundlesRefused)

  const callLabels = ['workspace', 'tool'] as const
  const ended = boundSeries(
    new Counter({
      name: 'xem_executions_total',
      help: 'Calls that ended, by outcome.',
      labelNames: [...callLabels, 'outcome'],
      registers,
    }),
  )
  const duration = 'xem_execution_duration_seconds'
  const exemplar = keepExemplars(registry, { name: duration, labelNames: callLabels, buckets }, observed.now)
  const seconds = boundSeries(
    new Histogram({
      name: duration,
      help: 'From dispatch to end.',
      labelNames: callLabels,
      buckets,
      registers,
    }),
  )
  const bytes = boundSeries(
    new Counter({
      name: 'xem_output_bytes_total',
      help: 'Bytes that tools wrote.',
      labelNames: callLabels,
      registers,
    }),
  )
  const started = new Counter({ name: 'xem_executions_started_total', help: 'Calls started.', registers })
  const refused = new Counter({
    name: 'xem_dispatches_refused_total',
    help: 'Calls not started.',
    labelNames: ['workspace', 'code'],
    registers,
  })

  return {
    started: () => started.inc(),
    ended({ tool, workspace, outcome, ...measured }) {
      ended(workspace, tool, outcome).inc()
      seconds(workspace, tool).observe(measured.seconds)
      exemplar([workspace, tool], measured.seconds, measured.traceparent)
      if (measured.bytes > 0) bytes(workspace, tool).inc(measured.bytes)
    },
    interruptedBefore: ({ workspace, tool }) => ended(workspace, tool, 'interrupted').inc(),
    refused: (labels) => refused.inc(labels),
  }
}
