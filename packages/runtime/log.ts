// Structured logs: one JSON object a line on stderr. Fields
// that name a call (execution_id) stand on every line about it.
import { isRecord } from '@xerotier/protocol/record.ts'
import { pino } from 'pino'
import { type LogOutput, openLogOutput } from './log-output.ts'

/**
 * Ours, mildest first. pino's `warn` and `fatal` read `warning`
 * and `critical` here; `notice` lies between info and warning.
 */
export const logLevels = ['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'] as const
export type LogLevel = (typeof logLevels)[number]

type Write = (fields: Record<string, unknown>, message: string) => void
export type Log = { readonly [L in LogLevel]: Write } & {
  /** A log whose lines all carry these fields. */
  with(fields: Record<string, unknown>): Log
  /** Whether `trace` is written: what it says costs too much to put together for nothing. */
  readonly traces: boolean
}

const numbers: Record<LogLevel, number> = {
  trace: 10,
  debug: 20,
  info: 30,
  notice: 35,
  warning: 40,
  error: 50,
  critical: 60,
}

/** Fields that never reach a line, wherever they stand at the top or one level down. */
const secretFields = new Set([
  'authorization',
  'api_key',
  'key',
  'token',
  'join_key',
  'secret',
  'password',
  'private_key',
])

export interface LogOptions {
  level: LogLevel
  /** Name of the process, on every line. */
  name: string
  /** Default: stderr. */
  destination?: { write(line: string): void }
}

export function createLog(options: LogOptions): Log {
  const destination = options.destination ?? standardError(() => log)
  const base = pino(
    {
      level: options.level,
      customLevels: numbers,
      useOnlyCustomLevels: true,
      base: { name: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error) => errorFields(error) },
    },
    destination,
  )
  const log = wrap(base)
  return log
}

function standardError(log: () => Log): LogOutput {
  const output = openLogOutput(2, {
    onRecovery: (dropped) => log().warning({ dropped }, 'lines of this log could not be written and are lost'),
  })
  process.on('exit', () => output.flush())
  return output
}

type PinoLike = { [L in LogLevel]: (fields: object, message: string) => void } & {
  isLevelEnabled(level: string): boolean
}

/**
 * Of an error's own properties. Others hold what nobody expects
 * in a log: pg adds its client with a key, and values of the row.
 */
const toldOfErrors = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'path',
  'severity',
  'table',
  'column',
  'constraint',
]

const causesTold = 5

function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  if (depth > causesTold) return error.message
  const { name, message, stack, cause } = error
  const told = toldOfErrors.flatMap((field) => {
    const value: unknown = Reflect.get(error, field)
    return value === undefined ? [] : [[field, value]]
  })
  return {
    type: name,
    message,
    stack,
    ...Object.fromEntries(told),
    ...(cause === undefined ? {} : { cause: errorFields(cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map((each) => errorFields(each, depth + 1)) } : {}),
  }
}

/**
 * Bound fields are merged when a line is written: a pino
 * child for each call costs more than its few lines.
 */
function wrap(logger: PinoLike, bound: Record<string, unknown> = {}): Log {
  const write =
    (level: LogLevel): Write =>
    (fields, message) => {
      if (logger.isLevelEnabled(level)) logger[level](withoutSecrets({ ...bound, ...fields }), message)
    }
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    notice: write('notice'),
    warning: write('warning'),
    error: write('error'),
    critical: write('critical'),
    with: (fields) => wrap(logger, { ...bound, ...fields }),
    traces: logger.isLevelEnabled('trace'),
  }
}

/**
 * By hand: pino's own redaction costs more than all
 * the rest of a line. Copies only what holds a secret.
 */
function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  let clean = fields
  for (const field in fields) {
    const value = fields[field]
    const cleaned = secretFields.has(field)
      ? '[secret]'
      : isPlain(value) && Object.keys(value).some((inner) => secretFields.has(inner))
        ? withoutSecrets(value)
        : value
    if (cleaned === value) continue
    if (clean === fields) clean = { ...fields }
    clean[field] = cleaned
  }
  return clean
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !(value instanceof Error)
}

/** Says nothing: for tests that do not look. */
export const silentLog: Log = createLog({ level: 'critical', name: 'silent', destination: { write() {} } })
