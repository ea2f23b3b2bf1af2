import { isPassing } from '@xerotier/client/retry.ts'
import { pause } from '@xerotier/client/surroundings.ts'
import type { Cli } from '../cli.ts'

const pauseMs = 2_000
/** With the client's own attempts about a minute, as long as a router takes to start again. */
const attempts = 20

/**
 * What is asked once a followed call is over. A router that restarts just then must not stand for
 * the outcome.
 * @throws what `read` throws, when it does not pass or takes too long to
 */
export async function patiently<T>(cli: Cli, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (!isPassing(error) || attempt >= attempts || signal.aborted) throw error
      await pause(cli.surroundings, pauseMs, signal)
    }
  }
}
