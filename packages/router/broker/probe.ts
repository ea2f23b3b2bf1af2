/** What the broker reports about itself: metrics, and log lines that a flood cannot flood. */
export interface BrokerProbe {
  received(frame: string): void
  refused(reason: string, about: Record<string, unknown>): void
}
