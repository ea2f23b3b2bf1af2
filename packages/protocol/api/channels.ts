/** A webhook, or a place where people read. */
export const channelKinds = ['webhook', 'slack', 'teams', 'pagerduty', 'email'] as const
export type ChannelKind = (typeof channelKinds)[number]
