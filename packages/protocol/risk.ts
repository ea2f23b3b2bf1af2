import { z } from 'zod'

/** How much a call can hurt, mildest first. Order matters: index in this list is the level. */
export const risks = ['read', 'write', 'destructive', 'irreversible'] as const
export const riskSchema = z.enum(risks)
export type Risk = z.infer<typeof riskSchema>

/**
 * What becomes of a call of each level when the
 * workspace has no policy of its own. Times in seconds.
 */
export const riskDefaults: Record<Risk, { decision: 'allow' | 'ask'; approvalTimeoutSeconds: number }> = {
  read: { decision: 'allow', approvalTimeoutSeconds: 900 },
  write: { decision: 'allow', approvalTimeoutSeconds: 900 },
  destructive: { decision: 'ask', approvalTimeoutSeconds: 900 },
  irreversible: { decision: 'ask', approvalTimeoutSeconds: 3600 },
}

export function isHardToUndo(risk: Risk): boolean {
  return risk === 'destructive' || risk === 'irreversible'
}

/**
 * Whether an agent starts the call only with the router's
 * signed word that somebody approved it (law L3).
 */
export function needsGrant(risk: Risk): boolean {
  return isHardToUndo(risk)
}

/**
 * Whether a call may run at most once (law L2). Its start is then recorded at the agent with a disk
 * sync, and an interrupted run becomes `ambiguous` instead of running again.
 */
export function runsAtMostOnce(risk: Risk, idempotent: boolean): boolean {
  return isHardToUndo(risk) || (risk === 'write' && !idempotent)
}
