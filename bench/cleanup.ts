import { messageOf } from '@xerotier/protocol/thrown.ts'

// What was started is ended and what was made is removed, in reverse order, however the run ends.

export interface Cleanup {
  defer(undo: () => unknown): void
  /** Undoes everything, once. Each step runs, whatever the others do. */
  run(): Promise<void>
}

export function createCleanup(): Cleanup {
  const steps: (() => unknown)[] = []
  let running: Promise<void> | undefined
  const run = async () => {
    for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
      try {
        await undo()
      } catch (error) {
        console.error(`cleaning up: ${messageOf(error)}`)
      }
    }
  }
  return {
    defer: (undo) => void steps.push(undo),
    run() {
      // A signal and the failure that it causes both come here: the second must wait for the first.
      running ??= run()
      return running
    },
  }
}
