import { boolean, httpUrl, number, type OptionTable, type OptionType, text } from './option.ts'

/** A page of whatever shows traces. */
export const traceUrlTemplate: OptionType<string> = {
  name: 'url',
  parse(text) {
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol)) throw new Error('must be http:// or https://')
    if (!text.includes('{trace_id}')) throw new Error('must have {trace_id} in it')
    return text
  },
}

/** The settings of tracing, the same in every process but for the name under which it speaks. */
export function tracingOptions(serviceName: string) {
  return {
    otel_enabled: {
      env: ['XEROTIER_OTEL_ENABLED'],
      type: boolean,
      default: false,
      file: false,
      help: 'Emit traces.',
    },
    otel_endpoint: {
      env: ['XEROTIER_OTEL_ENDPOINT'],
      type: httpUrl,
      file: false,
      required: (values: Record<string, unknown>) => values.otel_enabled === true,
      help: 'OTLP/HTTP collector, e.g. http://127.0.0.1:4318.',
    },
    otel_service_name: {
      env: ['XEROTIER_OTEL_SERVICE_NAME'],
      type: text,
      default: serviceName,
      file: false,
      help: 'Service name on emitted spans.',
    },
    otel_sample_rate: {
      env: ['XEROTIER_OTEL_SAMPLE_RATE'],
      type: number(0, 1),
      default: 1,
      file: false,
      help: 'Share of traces that are emitted, 0 to 1.',
    },
  } satisfies OptionTable
}
