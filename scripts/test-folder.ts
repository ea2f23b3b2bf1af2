// Where a run of the tests keeps what it throws away: clusters, state folders, packages.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** What a whole run needs there at most is a third of it. */
const wantedBytes = 6 * 1024 ** 3

const prefix = 'xerotier-tests-'
/** A run makes folders in its own all the time. */
const restsMs = 10 * 60_000

/**
 * A folder in memory for `TMPDIR`, where the host has room for one; else undefined. To make a
 * database from a template costs a disk half a second, and memory 40 ms. Tests kill processes and
 * never the power, so none of them asks more of a disk.
 */
export function folderInMemory(root = '/dev/shm', wanted = wantedBytes): string | undefined {
  let folder: string | undefined
  try {
    removeLeftBehind(root)
    const { bavail, bsize } = statfsSync(root)
    if (Math.min(bavail * bsize, freemem()) < wanted) return undefined
    folder = mkdtempSync(join(root, `${prefix}${process.pid}-`))
    chmodSync(folder, 0o1777) // as root, tests start programs of other users
    // Containers mount it so that no program can be started there.
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
    execFileSync(program, { stdio: 'ignore' })
    rmSync(program)
    return folder
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    return undefined
  }
}

/** Folders of runs that were killed: nothing else frees that memory. */
function removeLeftBehind(root: string): void {
  for (const name of readdirSync(root)) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    const path = join(root, name)
    // The process may be one of another container, whose numbers are others.
    if (Date.now() - statSync(path).mtimeMs > restsMs) rmSync(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
