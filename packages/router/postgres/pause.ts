import type { Clock } from '@xerotier/runtime/clock.ts'

/** Waits while the router starts. Clock timers do not keep the process alive, and nothing else may at that point. */
export function pause(clock: Clock, ms: number): Promise<void> {
  const alive = setInterval(() => {}, 0x7fffffff)
  return new Promise<void>((resolve) => clock.after(ms, resolve)).finally(() => clearInterval(alive))
}
