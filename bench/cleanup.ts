// What was started is ended and what was made is removed, in reverse order, however the run ends.

export interface Cleanup {
  defer(undo: () => unknown): void
  /** Undoes everything deferred so far. Each step runs, whatever the others do. */
  run(): Promise<void>
}

export function createCleanup(): Cleanup {
  const steps: (() => unknown)[] = []
  return {
    defer: (undo) => void steps.push(undo),
    async run() {
      for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
        try {
          await undo()
        } catch (error) {
          console.error(`cleaning up: ${(error as Error).message}`)
        }
      }
    },
  }
}
