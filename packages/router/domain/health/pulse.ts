// What the parts of the router say of themselves while they run, for who looks at its health.

export interface DutyPulse {
  every_ms: number
  /** Wall clock, ms; null before the first time. */
  lastAt: number | null
  tookMs: number | null
  /** In a row. */
  failures: number
}

export interface Pulse {
  version: string
  /** Monotonic, ms. */
  startedAt: number
  /** By name. */
  duties: Map<string, DutyPulse>
  followers: readonly { name: string; secondsBehind(): Promise<number | undefined> }[]
  /** @throws when the data plane is closed */
  checkDataPlane(): void
  /** Of the folder of the state; undefined when nobody can say. */
  disk(): Promise<{ size_bytes: number; free_bytes: number } | undefined>
}
