// N callers, each of which asks again as soon as it has its answer.

export interface Timings {
  calls: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Ends after this many calls, or this many ms, whichever is first. */
export interface Span {
  calls?: number
  ms?: number
}

export async function closedLoop(
  inFlight: number,
  span: Span,
  call: (caller: number) => Promise<unknown>,
): Promise<Timings> {
  const times: number[] = []
  let left = span.calls ?? Number.POSITIVE_INFINITY
  const start = performance.now()
  const end = start + (span.ms ?? Number.POSITIVE_INFINITY)
  const loop = async (caller: number) => {
    while (left-- > 0) {
      const from = performance.now()
      if (from >= end) return
      await call(caller)
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, caller) => loop(caller)))
  const seconds = (performance.now() - start) / 1000
  return {
    calls: times.length,
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

/** The value that this share of the values does not exceed. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
