// How a process of ours lives and ends: one start, one clean stop, and no way to hang.
import { ConfigError, configExitCode } from './config-error.ts'
import type { Log } from './log.ts'

export interface Running {
  /** Ends everything in order. Called once. */
  stop(reason: string): Promise<void>
  /** SIGHUP. Absent: the signal is ignored. */
  reload?(): Promise<void>
  /** Resolves with an exit code when it ends by itself. */
  ended?: Promise<number>
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const
/** Shell convention for a process that a signal ended: 128 + its number. */
const forcedExitCodes = { SIGTERM: 143, SIGINT: 130 } as const

/**
 * Runs until a signal, then stops cleanly and exits: 0 after a clean stop, 1 after a failure, 78 for wrong settings.
 * A second SIGTERM or SIGINT exits at once. An unhandled error is logged as critical and ends the process: what it left
 * behind is not known, and a supervisor's restart is.
 */
export async function runProcess(log: Log, start: () => Promise<Running>): Promise<void> {
  process.on('uncaughtException', (error) => {
    log.critical({ error }, 'unhandled error; the process ends')
    process.exit(1)
  })
  // Before start, so that a signal during a slow start is not lost.
  let wanted: NodeJS.Signals | undefined
  let stop: ((signal: NodeJS.Signals) => void) | undefined
  for (const signal of stopSignals) {
    process.on(signal, () => {
      if (wanted !== undefined) {
        log.warning({ signal }, 'second signal; the process ends now')
        process.exit(forcedExitCodes[signal])
      }
      wanted = signal
      stop?.(signal)
    })
  }
  let running: Running
  try {
    running = await start()
  } catch (error) {
    process.exit(reportFailedStart(log, error))
  }
  process.on('SIGHUP', () => {
    running.reload?.().catch((error) => log.error({ error }, 'reload failed; what was loaded before stays'))
  })
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    stop = resolve
    if (wanted !== undefined) resolve(wanted)
  })
  // Servers and sockets keep the process alive in general; this one does in any case.
  const anchor = setInterval(() => {}, 0x7fffffff)
  const end = await Promise.race([signalled, running.ended ?? signalled])
  clearInterval(anchor)
  let code = typeof end === 'number' ? end : 0
  try {
    await running.stop(typeof end === 'number' ? 'ended' : end)
  } catch (error) {
    log.critical({ error }, 'stopping failed')
    code = 1
  }
  process.exit(code)
}

/** Says on stderr, in a sentence, why nothing started. Returns the exit code. */
export function reportFailedStart(log: Log, error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    return configExitCode
  }
  log.critical({ error }, 'could not start')
  return 1
}
