/** What an agent's clock says, between the epoch and a day from now: it may be wrong. */
export function agentTime(ms: number, now: number): Date {
  return new Date(Math.max(0, Math.min(ms, now + 86_400_000)))
}
