import { readFileSync } from 'node:fs'
import { isKeyOf } from '@xerotier/protocol/table.ts'
import type { Answer } from '../../tool.ts'

const fields = {
  MemTotal: 'total_bytes',
  MemAvailable: 'available_bytes',
  MemFree: 'free_bytes',
  Buffers: 'buffers_bytes',
  Cached: 'cached_bytes',
  SwapTotal: 'swap_total_bytes',
  SwapFree: 'swap_free_bytes',
} as const

/** From /proc/meminfo, whose unit is KiB (proc_meminfo(5)). */
export function hostMemory(): Answer {
  const result: Record<string, number> = {}
  for (const [, name = '', kib] of readFileSync('/proc/meminfo', 'utf8').matchAll(/^(\w+):\s+(\d+) kB$/gm)) {
    if (isKeyOf(fields, name)) result[fields[name]] = Number(kib) * 1024
  }
  return { result }
}
