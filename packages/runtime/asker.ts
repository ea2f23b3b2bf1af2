// On whose behalf something runs, for what is far from the door and has only a share for each
// caller: connections to the database above all. It goes along with what a request awaits, so that
// no verb hands it on.
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Asker {
  /**
   * What counts together with others of the same name, and how narrow its share is: 2 for half of
   * what 1 gets.
   */
  names: { name: string; weight: number }[]
}

const askers = new AsyncLocalStorage<Asker | undefined>()

/** Undefined for work of the process itself. */
export function currentAsker(): Asker | undefined {
  return askers.getStore()
}

export function asking<T>(asker: Asker, work: () => T): T {
  return askers.run(asker, work)
}

/** For what others wait for as well, or goes on after the answer. */
export function asNobody<T>(work: () => T): T {
  return askers.run(undefined, work)
}

/** The items, each asked for by whoever asks now: a stream is read by whatever wants its bytes. */
export function askedByNow<T>(items: AsyncGenerator<T>): AsyncIterable<T> {
  const asker = currentAsker()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => askers.run(asker, () => items.next()),
      return: () => items.return(undefined),
    }),
  }
}
