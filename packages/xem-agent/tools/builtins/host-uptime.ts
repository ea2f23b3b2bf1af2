import { cpus, hostname, loadavg, release, uptime } from 'node:os'
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Answer } from '../../tool.ts'

export function hostUptime(clock: Clock): Answer {
  const seconds = Math.floor(uptime())
  const [one, five, fifteen] = loadavg()
  return {
    result: {
      hostname: hostname(),
      kernel: release(),
      uptime_seconds: seconds,
      booted_at: new Date(clock.now() - seconds * 1000).toISOString(),
      load_average: { '1m': one, '5m': five, '15m': fifteen },
      cpus: cpus().length,
    },
  }
}
