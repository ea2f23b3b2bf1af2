import { readdirSync } from 'node:fs'
import type { Answer, Invocation } from '../../tool.ts'
import { type ProcProcess, readProcess } from './proc.ts'

const order: Record<string, (a: ProcProcess, b: ProcProcess) => number> = {
  memory: (a, b) => b.rss_bytes - a.rss_bytes,
  cpu: (a, b) => b.cpu_seconds - a.cpu_seconds,
  pid: (a, b) => a.pid - b.pid,
}

/** Running processes, those that use most first. */
export function hostProcesses({ args }: Invocation<{ name?: string; limit: number; sort: string }>): Answer {
  const { name, limit, sort } = args
  const all = readdirSync('/proc').flatMap((entry) => {
    const found = /^\d+$/.test(entry) ? readProcess(Number(entry)) : undefined
    return found === undefined ? [] : [found]
  })
  const matching = name === undefined ? all : all.filter((one) => one.name.includes(name) || one.command.includes(name))
  const processes = matching
    .sort(order[sort])
    .slice(0, limit)
    .map(({ tgid: _, ...shown }) => shown)
  return { result: { total: matching.length, processes } }
}
