// The parts of a start that fail for reasons an operator can do something about, in words that name
// the setting.
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { type MetricsServer, serveMetrics } from '@xerotier/runtime/metrics.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'
import { type Outbox, OutboxError, openOutbox } from '../outbox.ts'
import type { AgentOptionTable } from './settings.ts'

/** The settings by their names, so that an error can say what to change. */
type Names = Record<'queue_db_path' | 'metrics_port' | 'metrics_host', Pick<AgentOptionTable['queue_db_path'], 'env'>>

/** @throws StartError */
export function openQueue(path: string, names: Names): Outbox {
  try {
    return openOutbox(path)
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error
    throw new StartError(error.retry ? 1 : configExitCode, `${error.message} (${names.queue_db_path.env[0]})`)
  }
}

/** @throws StartError */
export async function openMetrics(options: Parameters<typeof serveMetrics>[0], names: Names): Promise<MetricsServer> {
  try {
    return await serveMetrics(options)
  } catch (error) {
    const code = codeOf(error)
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be served (${code})`
    const [port, host] = [names.metrics_port.env[0], names.metrics_host.env[0]]
    const advice = `${port} names another, 0 takes a free one; ${host} is its address`
    throw new StartError(1, `the metrics port ${options.port} at ${options.host} ${reason}: ${advice}`)
  }
}
