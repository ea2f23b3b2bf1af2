// What the measurements of one run have in common.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cleanup } from './cleanup.ts'
import { openEchoCalls } from './echo-calls.ts'
import { type Floors, measureFloors } from './floors.ts'
import type { AgentUnderTest, ProcessOptions, RouterUnderTest } from './system.ts'
import { serve, startAgent, startRouter } from './system.ts'

export interface Bench {
  cleanup: Cleanup
  /** Removed at the end. */
  folder: string
  /** What replaces the programs that ship, and their settings. */
  programs: Programs
  /** Router and agent as they ship, with an echo behind them; started once. */
  system(): Promise<System>
  /** One in flight; measured once. */
  floorsAlone(): Promise<Floors>
}

export interface System {
  router: RouterUnderTest
  agent: AgentUnderTest
  workspace: string
}

export interface Programs {
  router?: ProcessOptions
  agent?: ProcessOptions
}

export function createBench(cleanup: Cleanup, programs: Programs): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-bench-'))
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
  const system = once(() => startSystem(cleanup, programs))
  return {
    cleanup,
    folder,
    programs,
    system,
    floorsAlone: once(async () => {
      const { router, workspace } = await system()
      const calls = openEchoCalls(router, workspace, 1)
      try {
        return await measureFloors(cleanup, router.postgres.url, calls, 1, 1_000)
      } finally {
        await calls.close()
      }
    }),
  }
}

/** Starts router and agent and waits until the agent serves a workspace. */
export async function startSystem(cleanup: Cleanup, programs: Programs): Promise<System> {
  const workspace = 'echo'
  const router = await startRouter(cleanup, programs.router)
  const agent = await startAgent(cleanup, router, 'bench-xem-01', programs.agent)
  await serve(router, agent, workspace)
  return { router, agent, workspace }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
