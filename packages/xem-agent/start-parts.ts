// The parts of a start that fail for reasons an operator can do something about, in words that name the setting.
import { type Outbox, OutboxError, openOutbox } from '@xerotier/link/outbox.ts'
import { type MetricsServer, serveMetrics } from '@xerotier/runtime/metrics.ts'
import { configExitCode, StartError } from '@xerotier/runtime/start-error.ts'

/** @throws StartError */
export function openQueue(path: string): Outbox {
  try {
    return openOutbox(path)
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error
    throw new StartError(error.retry ? 1 : configExitCode, `${error.message} (XEM_QUEUE_DB_PATH)`)
  }
}

/** @throws StartError */
export async function openMetrics(options: Parameters<typeof serveMetrics>[0]): Promise<MetricsServer> {
  try {
    return await serveMetrics(options)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be served (${code})`
    const advice = 'XEROTIER_XEM_METRICS_PORT names another, 0 takes a free one; XEM_METRICS_HOST is its address'
    throw new StartError(1, `the metrics port ${options.port} at ${options.host} ${reason}: ${advice}`)
  }
}
