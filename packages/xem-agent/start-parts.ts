// The parts of a start that fail for reasons an operator can do something about, in words that name the setting.
import { type Outbox, OutboxError, openOutbox } from '@xerotier/link/outbox.ts'
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
