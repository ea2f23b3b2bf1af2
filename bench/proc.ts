// What Linux says of a process (proc(5)).
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc a second: USER_HZ, 100 on every Linux. */
const ticks = 100

interface Stat {
  parent: number
  /** CPU seconds, user and system, its ended and awaited children among them. */
  cpu: number
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets that may
    // hold anything; what follows are fields 3 and up.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
    return { parent, cpu: (utime + stime + cutime + cstime) / ticks }
  } catch {
    return undefined // it is gone
  }
}

export function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return all.filter((other) => statOf(other)?.parent === pid)
}

/** CPU seconds that a process and its children have used. */
export function cpuSeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (statOf(each)?.cpu ?? 0), 0)
}

/** CPU seconds of one process alone. */
export function ownCpuSeconds(pid: number): number {
  return statOf(pid)?.cpu ?? 0
}

export function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Resident memory, bytes. */
export function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

/** The most that its resident memory was so far, bytes. */
export function mostResidentBytes(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}
