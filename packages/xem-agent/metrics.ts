// The agent's metrics. Project and agent are on every series, the workspace on those about calls: alerts need all three.
import { boundSeries, Counter, Gauge, Histogram, type Registry } from '@xerotier/runtime/metrics.ts'
import type { ExecutionMeters } from './execution/executions.ts'
import type { InterruptedCall } from './interrupted.ts'

export interface AgentMetrics extends ExecutionMeters {
  /** The end of an earlier process ended it: how long it ran and what it wrote is not known. */
  interruptedBefore(call: InterruptedCall): void
  reloaded(ok: boolean): void
  connected(): void
}

export interface Observed {
  inFlight(): number
  unacknowledgedResults(): number
  online(): boolean
  manifestVersion(): number
  bundlesRefused(): number
}

const buckets = [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]

export function createAgentMetrics(
  registry: Registry,
  labels: { project: string; agent: string; name: string; version: string; maxConcurrent: number },
  observed: Observed,
): AgentMetrics {
  const { version, maxConcurrent, ...identity } = labels
  registry.setDefaultLabels(identity)
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('xem_executions_in_flight', 'Calls that run now.', observed.inFlight)
  gauge('xem_executions_in_flight_limit', 'Most calls that run at the same time.', () => maxConcurrent)
  gauge('xem_outbox_results', 'Results that the router has not acknowledged.', observed.unacknowledgedResults)
  gauge('xem_link_up', '1 while the session with the router is live.', () => (observed.online() ? 1 : 0))
  gauge('xem_manifest_version', 'Version of the published manifest.', observed.manifestVersion)
  gauge('xem_bundles_refused', 'Bundles that did not load.', observed.bundlesRefused)
  new Gauge({ name: 'xem_build_info', help: 'Always 1.', labelNames: ['version'], registers }).set({ version }, 1)

  const callLabels = ['workspace', 'tool'] as const
  const ended = boundSeries(
    new Counter({
      name: 'xem_executions_total',
      help: 'Calls that ended, by outcome.',
      labelNames: [...callLabels, 'outcome'],
      registers,
    }),
  )
  const seconds = boundSeries(
    new Histogram({
      name: 'xem_execution_duration_seconds',
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
  const started = new Counter({ name: 'xem_executions_started_total', help: 'Calls admitted.', registers })
  const refused = new Counter({
    name: 'xem_dispatches_refused_total',
    help: 'Calls not started.',
    labelNames: ['workspace', 'code'],
    registers,
  })
  const connects = new Counter({ name: 'xem_link_connects_total', help: 'Sessions begun with the router.', registers })
  const reloads = new Counter({
    name: 'xem_reloads_total',
    help: 'SIGHUPs handled.',
    labelNames: ['result'],
    registers,
  })

  return {
    started: () => started.inc(),
    ended({ tool, workspace, outcome, ...measured }) {
      ended(workspace, tool, outcome).inc()
      seconds(workspace, tool).observe(measured.seconds)
      if (measured.bytes > 0) bytes(workspace, tool).inc(measured.bytes)
    },
    interruptedBefore: ({ workspace, tool }) => ended(workspace, tool, 'interrupted').inc(),
    refused: (labels) => refused.inc(labels),
    reloaded: (ok) => reloads.inc({ result: ok ? 'ok' : 'failed' }),
    connected: () => connects.inc(),
  }
}
