// The process's end of the thread that exports its spans. Nothing here waits for a collector, but
// for a moment at the end.
import { Worker } from 'node:worker_threads'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock, Timer } from '../clock.ts'
import type { Log } from '../log.ts'
import type { ExportSettings, FromThread, SpanRecord, ToThread } from './span-record.ts'

export interface SpanExport {
  put(record: SpanRecord): void
  /** Spans that reached the collector, and that did not. */
  counts(): { sent: number; lost: number }
  /** Sends what is left, within `traceCloseMs`. */
  close(): Promise<void>
}

/** Spans are handed over together: this many, or what there is after so many milliseconds. */
const handOverSpans = 256
const handOverMs = 500
const threadMiB = 128

export function openSpanExport(settings: ExportSettings, { clock, log }: { clock: Clock; log: Log }): SpanExport {
  // All of its settings are data: nothing that only the environment says counts.
  const thread = new Worker(new URL('./export-thread.ts', import.meta.url), {
    workerData: settings,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: threadMiB },
  })
  thread.unref()
  const ready = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  let waiting: SpanRecord[] = []
  let handedOver = 0
  let sent = 0
  let lost = 0
  let failing = false
  let gone = false
  let timer: Timer | undefined

  function lose(count: number, why: string): void {
    lost += count
    // Once per outage: a collector that is down must not fill the log.
    if (!failing) log.warning({ why, spans: count }, 'spans could not be exported and are lost')
    failing = true
  }
  function handOver(): void {
    timer?.cancel()
    timer = undefined
    if (waiting.length === 0 || gone) return
    handedOver += waiting.length
    tell(waiting)
    waiting = []
  }
  const tell = (message: ToThread) => thread.postMessage(message)

  thread.on('message', (message: FromThread) => {
    if (message === 'ready') return ready.resolve()
    if (message === 'closed') return closed.resolve()
    if ('sent' in message) {
      sent += message.sent
      handedOver -= message.sent
      failing = false
    } else {
      handedOver -= message.lost
      lose(message.lost, message.why)
    }
  })
  const end = (error: unknown) => {
    if (gone) return
    gone = true
    log.error({ error }, 'the thread that exports spans ended; there are no traces until the next start')
    lost += handedOver + waiting.length
    handedOver = 0
    waiting = []
    ready.resolve()
    closed.resolve()
  }
  thread.on('error', end)
  thread.on('exit', end)

  return {
    put(record) {
      if (gone) lost++
      else if (waiting.length + handedOver >= limits.spansWaiting) lose(1, 'too many wait for the collector')
      else if (waiting.push(record) >= handOverSpans) handOver()
      else timer ??= clock.after(handOverMs, handOver)
    },
    counts: () => ({ sent, lost }),
    async close() {
      handOver()
      if (gone) return
      tell('close')
      thread.ref()
      // It loads for a while, but no longer than that.
      await ready.promise
      const patience = Promise.withResolvers<void>()
      const deadline = clock.after(limits.traceCloseMs, patience.resolve)
      await Promise.race([closed.promise, patience.promise])
      deadline.cancel()
      gone = true
      if (handedOver > 0) lose(handedOver, 'the collector did not take them before the end')
      await thread.terminate()
    },
  }
}
