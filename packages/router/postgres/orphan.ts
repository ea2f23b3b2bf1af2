// A postmaster that outlived its router is replaced rather than adopted: ours must be our child, so
// that we see it die, and its settings must be this version's. That costs one fast shutdown, about
// 100 ms.
import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { pause } from './pause.ts'

const stopMs = 30_000
const lookEveryMs = 20

/**
 * Stops a postmaster that still runs on `data`. To be called under the folder's lock.
 * @throws when it does not go
 */
export async function stopOrphan(data: string, clock: Clock, log: Log): Promise<void> {
  const pid = await orphanPid(data)
  if (pid === undefined) return
  log.notice({ postgres_pid: pid }, 'stopping the postgres of a router that died')
  signal(pid, 'SIGINT')
  const from = clock.monotonic()
  let insisted = false
  while ((await orphanPid(data)) !== undefined) {
    const waited = clock.monotonic() - from
    if (waited > stopMs && !insisted) {
      insisted = true
      signal(pid, 'SIGQUIT')
    }
    if (waited > 2 * stopMs) throw new Error(`postgres (pid ${pid}) of a dead router does not stop; stop it by hand`)
    await pause(clock, lookEveryMs)
  }
}

/** The pid in postmaster.pid when that process lives and works on this folder. */
async function orphanPid(data: string): Promise<number | undefined> {
  const file = join(data, 'postmaster.pid')
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
  if (!(pid > 1) || !signal(pid, 0)) return undefined
  // Pids come round again, in containers soon: a postmaster's working folder is its data folder.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  if (folder === (await realpath(data))) return pid
  // Without /proc, Postgres's own check has to do.
  if (process.platform !== 'linux') return pid
  // A stranger, or a dead child that nobody waited for: Postgres would take it for a live server
  // and refuse to start.
  await rm(file, { force: true })
  return undefined
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
