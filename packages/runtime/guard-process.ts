import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'

export interface GuardOptions {
  signal: 'INT' | 'TERM'
  /** Whom the guard runs as; default: ourselves. */
  uid?: number | undefined
  gid?: number | undefined
}

/**
 * Signals another process when this one dies, however it dies: the guard, a shell, reads from a
 * pipe that the kernel closes with its last holder. Kill the guard (SIGKILL) once `pid` is gone. It
 * keeps nothing alive. POSIX only.
 */
export function guardProcess(pid: number, { signal, uid, gid }: GuardOptions): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -"$2" "$1"', 'process-guard', String(pid), signal], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own group: Ctrl-C at the terminal must not take the guard before what it guards.
    detached: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  })
  // Without a guard everything still works while we live.
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
  return guard
}
