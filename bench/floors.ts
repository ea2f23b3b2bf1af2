// What the parts of the path cost on this machine without
// any of our code: nobody who uses them can be faster.
import { randomUUID } from 'node:crypto'
import { newSigningKey, verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'
import pg from 'pg'
import type { Cleanup } from './cleanup.ts'
import { closedLoop, type Timings } from './closed-loop.ts'
import { startCurveEcho } from './curve-echo.ts'
import type { EchoCalls } from './echo-calls.ts'

export interface Floors {
  /** One row of 1 KB inserted and synced, in the same cluster, over the unix socket. */
  insert: Timings
  /** GET /healthz with the client of the calls. */
  http: Timings
  /** 1 KB to another process and back. */
  curve: Timings
}

/** Measures each for this many ms, so many in flight. */
export async function measureFloors(
  cleanup: Cleanup,
  postgresUrl: string,
  calls: EchoCalls,
  inFlight: number,
  ms: number,
): Promise<Floors> {
  return {
    insert: await inserts(postgresUrl, inFlight, ms),
    http: await warmed(inFlight, ms, () => calls.nothing()),
    curve: await curveRoundTrips(cleanup, inFlight, ms),
  }
}

async function warmed(inFlight: number, ms: number, call: (caller: number) => Promise<unknown>): Promise<Timings> {
  await closedLoop(inFlight, { ms: ms / 4 }, call)
  return closedLoop(inFlight, { ms }, call)
}

async function inserts(url: string, inFlight: number, ms: number): Promise<Timings> {
  const clients = await Promise.all(
    Array.from({ length: inFlight }, async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query('set synchronous_commit = on')
      return client
    }),
  )
  const [first] = clients
  if (first === undefined) throw new Error('nobody is to insert')
  const table = `bench_floor_${inFlight}`
  await first.query(`create table ${table} (id uuid primary key, data jsonb not null)`)
  const data = JSON.stringify({ payload: 'x'.repeat(1024) })
  const text = `insert into ${table} (id, data) values ($1, $2)`
  try {
    return await warmed(inFlight, ms, (caller) =>
      (clients[caller] ?? first).query({ name: 'floor', text, values: [randomUUID(), data] }),
    )
  } finally {
    await first.query(`drop table ${table}`)
    await Promise.all(clients.map((client) => client.end()))
  }
}

async function curveRoundTrips(cleanup: Cleanup, inFlight: number, ms: number): Promise<Timings> {
  const echo = await startCurveEcho(cleanup)
  try {
    return await warmed(inFlight, ms, () => echo.roundTrip())
  } finally {
    await echo.close()
  }
}

/** Medians of one signature and one check over a message of this size, µs. */
export function measureSignatures(bytes: number): { sign: number; verify: number } {
  const key = newSigningKey()
  const publicKey = verifyingKey(key.publicKey)
  const message = Buffer.alloc(bytes, 1)
  const signature = key.sign(message)
  const each = (work: () => unknown) => {
    const rounds = 500
    for (let round = 0; round < rounds; round++) work()
    const from = performance.now()
    for (let round = 0; round < rounds; round++) work()
    return ((performance.now() - from) * 1000) / rounds
  }
  return { sign: each(() => key.sign(message)), verify: each(() => verifySignature(publicKey, message, signature)) }
}
