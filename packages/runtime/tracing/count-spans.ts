import { Counter, type Registry } from '../metrics.ts'
import type { Tracing } from './tracing.ts'

/** Whether the spans of this process reach the collector. Nothing where there are none. */
export function countSpans(registry: Registry, tracing: Tracing): void {
  if (tracing.counts() === undefined) return
  new Counter({
    name: 'trace_spans_total',
    help: 'Spans of this process: sent to the collector, or lost on the way there',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const { sent = 0, lost = 0 } = tracing.counts() ?? {}
      this.reset()
      this.inc({ outcome: 'sent' }, sent)
      this.inc({ outcome: 'lost' }, lost)
    },
  })
}
