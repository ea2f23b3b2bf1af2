// One pass at a time for each project. Whoever asks for one during a pass gets another after it.
import { asNobody } from '@xerotier/runtime/asker.ts'
import type { Records } from '../records.ts'

export interface PassOptions {
  /** Whether a pass could do anything. */
  wanted(projectId: string): boolean
  pass(projectId: string): Promise<void>
}

export interface Passes {
  ask(projectId: string): void
  /** Resolves when no pass is under way. None begins after it. */
  close(): Promise<void>
}

/** After a pass that failed, ms: the next event may be far away. */
const retryMs = 1_000

export function createPasses({ clock, log }: Pick<Records, 'clock' | 'log'>, { wanted, pass }: PassOptions): Passes {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let closed = false

  function ask(projectId: string): void {
    if (closed || !wanted(projectId)) return
    if (running.has(projectId)) {
      again.add(projectId)
      return
    }
    const one = asNobody(() => pass(projectId))
      .catch((error) => {
        log.error({ error, project_id: projectId }, 'a dispatch pass failed')
        clock.after(retryMs, () => ask(projectId))
      })
      .finally(() => {
        running.delete(projectId)
        if (again.delete(projectId)) ask(projectId)
      })
    running.set(projectId, one)
  }

  return {
    ask,
    async close() {
      closed = true
      await Promise.all(running.values())
    },
  }
}
