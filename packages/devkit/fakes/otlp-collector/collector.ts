// A collector that is another process, as operators have it: it can be paused, and killed.

import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createChanges } from '../../changes.ts'
import { kill, startChild } from '../../faults/child.ts'
import type { Span } from './span.ts'

export interface Collector {
  /** For XEROTIER_OTEL_ENDPOINT. */
  endpoint: string
  spans: Span[]
  /** @throws after `patienceMs` */
  until(what: string, wanted: (spans: readonly Span[]) => boolean): Promise<void>
  /** It takes connections from then on, as the kernel does, and answers nothing. */
  pause(): void
  kill(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const child = startChild(join(import.meta.dirname, 'main.ts'), {})
  const lines = createInterface(child.stdout)
  const spans: Span[] = []
  const changes = createChanges()
  const listening = Promise.withResolvers<string>()
  child.once('exit', () => listening.reject(new Error('the collector ended')))
  lines.once('line', (first) => {
    lines.on('line', (line) => {
      const span: Span = JSON.parse(line, (key, value) => (key === 'from' || key === 'to' ? BigInt(value) : value))
      spans.push(span)
      changes.happened()
    })
    listening.resolve(first)
  })
  const endpoint = await listening.promise
  return {
    endpoint,
    spans,
    until: (what, wanted) =>
      changes.until(
        () => wanted(spans),
        () => `no ${what}; spans: ${spans.map(({ name }) => name).join(' ')}`,
      ),
    pause: () => void child.kill('SIGSTOP'),
    kill: () => kill(child),
  }
}
