// A closed loop of submits over HTTP, each waiting for its result.
import { Pool } from 'undici'

export interface LoadOptions {
  /** Base URL of the project, ending in /v1. */
  base: string
  apiKey: string
  body: string
  inFlight: number
  /** Calls before measuring starts. */
  warmUp: number
  /** Ends after this many measured calls, or this many ms, whichever is first. */
  calls: number
  ms: number
}

export interface LoadResult {
  calls: number
  seconds: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** @throws when an answer is not a completed call */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const url = new URL(`${options.base}/exec/invocations?wait=30`)
  const pool = new Pool(url.origin, { connections: options.inFlight, pipelining: 1 })
  const headers = { authorization: `Bearer ${options.apiKey}`, 'content-type': 'application/json' }
  const path = url.pathname + url.search

  async function call(): Promise<number> {
    const start = performance.now()
    const answer = await pool.request({ path, method: 'POST', headers, body: options.body })
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || !text.includes('"state":"completed"')) throw new Error(`${answer.statusCode} ${text.slice(0, 300)}`)
    return performance.now() - start
  }

  async function loop(calls: number, until: number, times: number[]): Promise<void> {
    let left = calls
    const one = async () => {
      while (left-- > 0 && performance.now() < until) times.push(await call())
    }
    await Promise.all(Array.from({ length: options.inFlight }, one))
  }

  try {
    await loop(options.warmUp, Number.POSITIVE_INFINITY, [])
    const times: number[] = []
    const start = performance.now()
    await loop(options.calls, start + options.ms, times)
    const seconds = (performance.now() - start) / 1000
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
    return { calls: times.length, seconds, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) }
  } finally {
    await pool.close()
  }
}
