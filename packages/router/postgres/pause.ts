import type { Clock } from '@xerotier/runtime/clock.ts'

/**
 * Waits while the router starts, when nothing else keeps the process alive. A clock's timer does
 * not.
 */
export function pause(clock: Clock, ms: number): Promise<void> {
  const alive = setInterval(() => {}, 0x7fffffff)
  return new Promise<void>((resolve) => clock.after(ms, resolve)).finally(() => clearInterval(alive))
}
