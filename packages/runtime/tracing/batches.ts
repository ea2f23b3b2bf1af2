// Which spans leave in one request: `batchSpans` at the most, and none waits longer than `delayMs`
// while the request before it is answered. One after the other.
import type { Clock, Timer } from '../clock.ts'

/** Encoded spans, no more than a batch. */
export interface SpanChunk {
  count: number
  bytes: Uint8Array
}

export interface Batches {
  put(chunk: SpanChunk): void
  /** Resolves when all are sent. */
  close(): Promise<void>
}

/** @param send does not reject */
export function createBatches(
  clock: Pick<Clock, 'after'>,
  { delayMs, batchSpans }: { delayMs: number; batchSpans: number },
  send: (batch: readonly SpanChunk[]) => Promise<void>,
): Batches {
  const waiting: SpanChunk[] = []
  let spans = 0
  let timer: Timer | undefined
  /** Of those that wait, the first so many have waited long enough. */
  let overdue = 0
  let sending: Promise<void> | undefined

  /** At least one chunk. */
  function next(): SpanChunk[] {
    const batch: SpanChunk[] = []
    let count = 0
    for (const chunk of waiting) {
      if (batch.length > 0 && count + chunk.count > batchSpans) break
      batch.push(chunk)
      count += chunk.count
    }
    waiting.splice(0, batch.length)
    overdue = Math.max(0, overdue - batch.length)
    spans -= count
    return batch
  }

  async function sendAll(): Promise<void> {
    while (overdue > 0 || spans >= batchSpans) await send(next())
    sending = undefined
    if (waiting.length > 0) timer ??= clock.after(delayMs, due)
  }

  function due(): void {
    timer?.cancel()
    timer = undefined
    overdue = waiting.length
    sending ??= sendAll()
  }

  return {
    put(chunk) {
      waiting.push(chunk)
      spans += chunk.count
      if (spans >= batchSpans) sending ??= sendAll()
      else timer ??= clock.after(delayMs, due)
    },
    async close() {
      while (waiting.length > 0 || sending !== undefined) {
        due()
        await sending
      }
      timer?.cancel()
    },
  }
}
