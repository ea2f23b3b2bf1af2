// Looks at the record of a followed call where its stream may not say what has happened.
import { isPassing } from '@xerotier/client/retry.ts'
import { pause } from '@xerotier/client/surroundings.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Cli } from '../cli.ts'
import { vocabulary } from '../vocabulary.data.ts'
import type { Progress } from './progress.ts'

export interface RecordWatch {
  /** Aborts when the call is settled, or when nobody wants to wait any more. */
  ended: AbortSignal
  /** Reads the record once, and says its state. */
  check(): void
  /** Resolves when what was asked for is read. @throws what does not pass */
  checked(): Promise<void>
  /**
   * Reads it again and again until the call is settled.
   * @throws `failure` when that does not work either
   */
  poll(cli: Cli, failure: unknown): Promise<void>
}

const pollMs = 3_000

export function recordWatch(read: () => Promise<ExecutionDetail>, progress: Progress, stop: AbortSignal): RecordWatch {
  const settled = new AbortController()
  const ended = AbortSignal.any([stop, settled.signal])
  let checking: Promise<void> = Promise.resolve()
  let underWay = false

  const look = async () => {
    const record = await read()
    if (isSettled(record.state)) settled.abort()
    else await progress.state(record)
  }

  return {
    ended,
    check() {
      if (underWay) return
      underWay = true
      checking = checking
        .then(look)
        .catch((error: unknown) => {
          // What passes is looked at again; anything else ends the following.
          if (isPassing(error)) return
          settled.abort()
          throw error
        })
        .finally(() => (underWay = false))
      checking.catch(() => {})
    },
    checked: () => checking,
    async poll(cli, failure) {
      let working = false
      while (!ended.aborted) {
        try {
          await look()
        } catch (error) {
          if (!working || !isPassing(error)) throw failure
        }
        if (!working) {
          cli.say(cli.paint('the event stream does not come through; asking for the record instead', 'dim'))
        }
        working = true
        await pause(cli.surroundings, pollMs, ended)
      }
    },
  }
}

export function isSettled(state: ExecutionState): boolean {
  return vocabulary.settledExecutionStates.includes(state)
}
