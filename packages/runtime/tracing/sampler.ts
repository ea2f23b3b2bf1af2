// Which traces are emitted, as OpenTelemetry names it
// (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).

export const samplers = [
  'parentbased_traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'traceidratio',
  'always_on',
  'always_off',
] as const

export interface Sampling {
  sampler: (typeof samplers)[number]
  /** Share of the traces, 0 to 1; of the two samplers that have a ratio. */
  rate: number
}

/** @param above what was decided where the trace was begun; undefined for one that begins here */
export function isSampled({ sampler, rate }: Sampling, traceId: string, above: boolean | undefined): boolean {
  if (above !== undefined && sampler.startsWith('parentbased_')) return above
  if (sampler.endsWith('always_on')) return true
  if (sampler.endsWith('always_off')) return false
  // By the 56 bits of a trace id that are random, so that every process decides alike.
  return Number.parseInt(traceId.slice(18), 16) < rate * 2 ** 56
}
