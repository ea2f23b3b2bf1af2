// How a process of ours lives and ends: one start, one clean stop, and no way to hang.
import { setFlagsFromString } from 'node:v8'
import { fileReason, isFileError } from './file-reason.ts'
import type { Log } from './log.ts'
import { StartError } from './start-error.ts'

export interface Running {
  /** Ends everything in order. Called once. */
  stop(reason: string): Promise<void>
  /** SIGHUP. Absent: the signal is ignored. */
  reload?(): Promise<void>
  /** Resolves with an exit code when it ends by itself. */
  ended?: Promise<number>
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const
type StopSignal = (typeof stopSignals)[number]
/** Shell convention for a process that a signal ended: 128 + its number. */
const forcedExitCodes: Record<StopSignal, number> = { SIGTERM: 143, SIGINT: 130 }
/** How long a start may go on after it was told to give up. */
const abandonStartMs = 10_000

/**
 * Runs until a signal, then stops cleanly and exits: 0 after a clean stop, 1 after a failure, the
 * error's own code after a StartError. A signal during `start` aborts the signal that it is given.
 * A second SIGTERM or SIGINT exits at once. An unhandled error is logged as critical and ends the
 * process: what it left behind is not known, a restart is.
 */
export async function runProcess(log: Log, start: (aborted: AbortSignal) => Promise<Running>): Promise<void> {
  // Else V8 marks the whole heap after each 64 MiB of buffers: with output in megabytes that is a
  // third of all work. A V8 that no longer knows the flag says so and goes on.
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  process.on('uncaughtException', (error) => {
    log.critical({ error }, 'unhandled error; the process ends')
    process.exit(1)
  })
  const stopping = new AbortController()
  const signalled = Promise.withResolvers<StopSignal>()
  for (const signal of stopSignals) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        log.warning({ signal }, 'second signal; the process ends now')
        process.exit(forcedExitCodes[signal])
      }
      log.notice({ signal }, 'stopping')
      stopping.abort()
      signalled.resolve(signal)
    })
  }
  // Before the start as well: unhandled, SIGHUP ends a process.
  let live: Running | undefined
  let reloadWanted = false
  const reload = () => {
    if (live === undefined) reloadWanted = true
    else live.reload?.().catch((error) => log.error({ error }, 'reload failed; what was loaded before stays'))
  }
  process.on('SIGHUP', reload)
  // Sockets and servers keep the process alive in general; this does in any case.
  const anchor = setInterval(() => {}, 0x7fffffff)
  let abandon: NodeJS.Timeout | undefined
  stopping.signal.addEventListener('abort', () => {
    if (live === undefined) abandon = setTimeout(() => process.exit(1), abandonStartMs)
  })
  let running: Running
  try {
    running = await start(stopping.signal)
  } catch (error) {
    process.exit(stopping.signal.aborted ? 0 : reportFailedStart(log, error))
  }
  live = running
  clearTimeout(abandon)

  if (reloadWanted) reload()
  const end = await Promise.race([signalled.promise, running.ended ?? signalled.promise])
  let code = typeof end === 'number' ? end : 0
  try {
    await running.stop(typeof end === 'number' ? 'ended' : end)
  } catch (error) {
    log.critical({ error }, 'stopping failed')
    code = 1
  }
  clearInterval(anchor)
  process.exit(code)
}

/** Returns the exit code. */
function reportFailedStart(log: Log, error: unknown): number {
  if (error instanceof StartError) {
    log.critical({ reason: error.message }, 'could not start')
    return error.exitCode
  }
  // Whose folder it is helps an operator; where in our code that was found out does not.
  log.critical(isFileError(error) ? { reason: fileReason(error) } : { error }, 'could not start')
  return 1
}
