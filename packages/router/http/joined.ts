import { asNobody } from '@xerotier/runtime/asker.ts'

/** One run for all who ask while it is under way. */
export function joined<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= asNobody(work).finally(() => {
      running = undefined
    })
    return running
  }
}
