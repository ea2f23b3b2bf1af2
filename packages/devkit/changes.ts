// What a test waits for that comes piece by piece.
import { patienceMs } from './patience.ts'

export interface Changes {
  happened(): void
  /** Looks now, and whenever something happens. @throws what `flaw` says after `patienceMs` */
  until(wanted: () => boolean, flaw: () => string): Promise<void>
}

export function createChanges(): Changes {
  const looks = new Set<() => void>()
  return {
    happened() {
      for (const look of looks) look()
    },
    async until(wanted, flaw) {
      const found = Promise.withResolvers<void>()
      const look = () => wanted() && found.resolve()
      looks.add(look)
      look()
      const patience = setTimeout(() => found.reject(new Error(flaw())), patienceMs)
      await found.promise.finally(() => {
        clearTimeout(patience)
        looks.delete(look)
      })
    },
  }
}
