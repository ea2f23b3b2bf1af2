/** Pauses have been rows of `pauses` since 0029, which took these over. */
export const noAgentPauses = 'drop table agent_pauses;'
