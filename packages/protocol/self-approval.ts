/**
 * Who may approve what they asked for, in effect. `none`: nobody, over any number of keys made by
 * keys. `service_keys`: people, for what a service key of theirs asks, never for what they asked
 * themselves. `any`: everybody.
 */
export const selfApprovalModes = ['none', 'service_keys', 'any'] as const
export type SelfApproval = (typeof selfApprovalModes)[number]
