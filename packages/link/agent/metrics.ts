// The metrics that every agent has. Project and agent are on every series: alerts need both.
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import { Counter, Gauge, type Registry } from '@xerotier/runtime/metrics.ts'

export interface AgentMetrics {
  connected(): void
  reloaded(ok: boolean): void
  /** What became of a checkpoint of the audit log, and how many records the agent has seen. */
  checkpoint(result: string, size: number): void
}

export interface Observed {
  unacknowledgedResults(): number
  online(): boolean
  manifestVersion(): number
  clockOffsetSeconds(): number
}

/** Names begin with the role. */
export function createAgentMetrics(
  registry: Registry,
  role: AgentRole,
  labels: { project: string; agent: string; name: string; version: string },
  observed: Observed,
): AgentMetrics {
  const { version, ...identity } = labels
  registry.setDefaultLabels(identity)
  const registers = [registry]
  gauge(registry, `${role}_outbox_results`, 'Results that the router has not acknowledged.', () =>
    observed.unacknowledgedResults(),
  )
  gauge(registry, `${role}_link_up`, '1 while the session with the router is live.', () => (observed.online() ? 1 : 0))
  gauge(registry, `${role}_clock_offset_seconds`, "How far this host's clock is ahead of the router's.", () =>
    observed.clockOffsetSeconds(),
  )
  gauge(registry, `${role}_manifest_version`, 'Version of the published manifest.', () => observed.manifestVersion())
  new Gauge({ name: `${role}_build_info`, help: 'Always 1.', labelNames: ['version'], registers }).set({ version }, 1)
  const connects = new Counter({
    name: `${role}_link_connects_total`,
    help: 'Sessions begun with the router.',
    registers,
  })
  const reloads = new Counter({
    name: `${role}_reloads_total`,
    help: 'SIGHUPs handled.',
    labelNames: ['result'],
    registers,
  })
  const checkpoints = new Counter({
    name: `${role}_audit_checkpoints_total`,
    help: 'Checkpoints of the audit log that the router showed: rollback and fork say that it changed its history.',
    labelNames: ['result'],
    registers,
  })
  const records = new Gauge({
    name: `${role}_audit_records_seen`,
    help: 'Records of the audit log that this agent has signed for.',
    registers,
  })
  return {
    checkpoint(result, size) {
      checkpoints.inc({ result })
      if (size > 0) records.set(size)
    },
    connected: () => connects.inc(),
    reloaded: (ok) => reloads.inc({ result: ok ? 'ok' : 'failed' }),
  }
}

/** A gauge that is read when somebody scrapes. */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
