/** An agent's clock may be wrong, its record must not be: no later than a day from now, no earlier than the epoch. */
export function agentTime(ms: number, now: number): Date {
  return new Date(Math.max(0, Math.min(ms, now + 86_400_000)))
}
