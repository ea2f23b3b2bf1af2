// One process as /proc shows it (proc_pid_stat(5)).
import { readFileSync } from 'node:fs'

export interface ProcProcess {
  pid: number
  ppid: number
  name: string
  /** R, S, D, Z, T, … */
  state: string
  /** The process that this thread belongs to; itself for a process. */
  tgid: number
  uid: number
  rss_bytes: number
  threads: number
  /** User and system time. */
  cpu_seconds: number
  command: string
}

/** Linux has had USER_HZ = 100 on every platform that Node runs on. */
const ticksPerSecond = 100
const commandCharacters = 300
/** Our own secrets could stand in an argv (`--join-key`), and this is shown to whoever may read. */
const secrets = /\b(?:xjk|xero|rt)_[A-Za-z0-9._-]{8,}/g

/** Undefined when there is none, or none any more. */
export function readProcess(pid: number): ProcProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold anything, parentheses too: it ends at the last one.
    const nameEnd = stat.lastIndexOf(')')
    const rest = stat.slice(nameEnd + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim()
      .replaceAll(secrets, '[secret]')
    return {
      pid,
      ppid: Number(rest[1]),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      state: rest[0] ?? '',
      tgid: field('Tgid'),
      uid: field('Uid'),
      rss_bytes: field('VmRSS') * 1024,
      threads: Number(rest[17]),
      cpu_seconds: (Number(rest[11]) + Number(rest[12])) / ticksPerSecond,
      command: command.slice(0, commandCharacters),
    }
  } catch {
    return undefined
  }
}
