// The settings of tracing, the same in every process but for the name under which it speaks. Ours
// come first; those of OpenTelemetry count as its SDKs read them
// (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables, …/protocol/exporter).
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { memberOf } from '@xerotier/protocol/record.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { ConfigError } from '../config-error.ts'
import type { Values } from '../option.ts'
import { boolean, choice, httpUrl, integer, number, type OptionTable, type OptionType, path, text } from '../option.ts'
import { samplers } from './sampler.ts'
import type { TracingSettings } from './tracing.ts'

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

/** `name=value,name=value`, percent-encoded. What it says of a value does not repeat it. */
const pairs: OptionType<Readonly<Record<string, string>>> = {
  name: 'name=value,…',
  parse(text) {
    const parts = text.split(',').filter((part) => part.trim() !== '')
    return Object.fromEntries(
      parts.map((part, at) => {
        const [, name, value] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
        if (name === undefined || value === undefined) throw new Error(`must be name=value; pair ${at + 1} is not`)
        return [decoded(name, at), decoded(value, at)]
      }),
    )
  },
}

function decoded(text: string, at: number): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`must be percent-encoded; pair ${at + 1} is not`)
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const exporter = (name: string) => [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
/** Wrong ones stop nobody who does not trace: they may be for other programs of the host. */
const counts = ({ otel_enabled, otel_disabled, otel_exporter }: Record<string, unknown>) =>
  otel_enabled === true && otel_disabled !== true && otel_exporter !== 'none'

/** Of OpenTelemetry alone. */
const openTelemetry = {
  otel_sampler: {
    env: ['OTEL_TRACES_SAMPLER'],
    type: choice(samplers),
    default: 'parentbased_traceidratio' as const,
    file: false,
    counts,
    help: 'Who decides whether a trace is emitted: with parentbased, whoever began it.',
  },
  otel_disabled: {
    env: ['OTEL_SDK_DISABLED'],
    type: boolean,
    default: false,
    file: false,
    counts,
    help: 'Emit no traces, whatever otel_enabled says.',
  },
  otel_exporter: {
    env: ['OTEL_TRACES_EXPORTER'],
    type: choice(['otlp', 'none']),
    default: 'otlp' as const,
    file: false,
    counts,
    help: 'The same by another name: none emits no traces.',
  },
  otel_traces_endpoint: {
    env: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    type: httpUrl,
    file: false,
    counts,
    help: 'Where spans are posted, with the path; wins over otel_endpoint, to which /v1/traces is added.',
  },
  otel_protocol: {
    env: exporter('PROTOCOL'),
    type: choice(['http/protobuf', 'http/json']),
    default: 'http/protobuf' as const,
    file: false,
    counts,
    help: 'How spans are encoded. gRPC is not spoken.',
  },
  otel_headers: {
    env: exporter('HEADERS'),
    type: pairs,
    secret: true,
    file: false,
    counts,
    help: 'Headers of what is sent to the collector, such as its key.',
  },
  otel_resource_attributes: {
    env: ['OTEL_RESOURCE_ATTRIBUTES'],
    type: pairs,
    file: false,
    counts,
    help: 'Attributes of all spans, such as deployment.environment.name=production.',
  },
  otel_timeout_ms: {
    env: exporter('TIMEOUT'),
    type: integer(1, 600_000),
    default: 10_000,
    file: false,
    counts,
    help: 'What one batch may take, with all that it is repeated.',
  },
  otel_compression: {
    env: exporter('COMPRESSION'),
    type: choice(['none', 'gzip']),
    default: 'none' as const,
    file: false,
    counts,
    help: 'Whether batches are compressed.',
  },
  otel_ca_path: {
    env: exporter('CERTIFICATE'),
    type: path,
    file: false,
    counts,
    help: "PEM certificates that the collector's is checked against, instead of the system's.",
  },
  otel_client_cert_path: {
    env: exporter('CLIENT_CERTIFICATE'),
    type: path,
    file: false,
    counts,
    help: 'PEM certificate that is shown to the collector; with otel_client_key_path.',
  },
  otel_client_key_path: {
    env: exporter('CLIENT_KEY'),
    type: path,
    file: false,
    counts,
    help: 'PEM private key of that certificate.',
  },
  otel_delay_ms: {
    env: ['OTEL_BSP_SCHEDULE_DELAY'],
    type: integer(0, 600_000),
    default: 5_000,
    file: false,
    counts,
    help: 'How long spans wait for a batch to fill.',
  },
  otel_batch_spans: {
    env: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
    type: integer(1, 4_096),
    default: 512,
    file: false,
    counts,
    help: 'Spans of one batch, at most.',
  },
} satisfies OptionTable

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
      env: ['XEROTIER_OTEL_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
      type: httpUrl,
      file: false,
      counts,
      required: (values: Record<string, unknown>) => counts(values) && values.otel_traces_endpoint === undefined,
      help: 'OTLP/HTTP collector, e.g. http://127.0.0.1:4318.',
    },
    otel_service_name: {
      env: ['XEROTIER_OTEL_SERVICE_NAME', 'OTEL_SERVICE_NAME'],
      type: text,
      default: ({ otel_resource_attributes }: Record<string, unknown>) =>
        textOf(memberOf(otel_resource_attributes, 'service.name')) ?? serviceName,
      file: false,
      counts,
      help: 'Service name on emitted spans.',
    },
    otel_sample_rate: {
      env: ['XEROTIER_OTEL_SAMPLE_RATE', 'OTEL_TRACES_SAMPLER_ARG'],
      type: number(0, 1),
      default: 1,
      file: false,
      counts,
      help: 'Share of traces that are emitted, 0 to 1; of samplers with a ratio.',
    },
    ...openTelemetry,
  } satisfies OptionTable
}

/**
 * What the settings say together; undefined when tracing is off.
 * @throws ConfigError for a file that cannot be read
 */
export function tracingOf(values: Values<ReturnType<typeof tracingOptions>>): TracingSettings | undefined {
  if (!counts(values)) return undefined
  const url =
    values.otel_traces_endpoint ??
    (values.otel_endpoint === undefined ? undefined : `${values.otel_endpoint}/v1/traces`)
  if (url === undefined) return undefined
  return {
    url,
    sampler: values.otel_sampler,
    rate: values.otel_sample_rate,
    protocol: values.otel_protocol,
    headers: values.otel_headers ?? {},
    compression: values.otel_compression,
    timeoutMs: values.otel_timeout_ms,
    ca: contentOf('otel_ca_path', values.otel_ca_path),
    cert: contentOf('otel_client_cert_path', values.otel_client_cert_path),
    key: contentOf('otel_client_key_path', values.otel_client_key_path),
    resource: {
      'host.name': hostname(),
      'service.instance.id': `${hostname()}:${process.pid}`,
      ...values.otel_resource_attributes,
      'service.name': values.otel_service_name,
    },
    delayMs: values.otel_delay_ms,
    batchSpans: values.otel_batch_spans,
  }
}

function contentOf(setting: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError('invalidValue', `${setting}: ${file} cannot be read (${codeOf(error) ?? 'unknown error'})`)
  }
}
