import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const approvalStates = ['pending', 'approved', 'rejected', 'expired', 'cancelled', 'voided'] as const
export const approvalStateSchema = z.enum(approvalStates)
export type ApprovalState = z.infer<typeof approvalStateSchema>

export const approvalLifecycle = defineLifecycle<ApprovalState>({
  name: 'approval',
  initial: ['pending'],
  moves: {
    pending: ['approved', 'rejected', 'expired', 'cancelled', 'voided'],
    // approved -> voided: what would run changed before it was dispatched (law L3).
    approved: ['voided'],
    rejected: [],
    expired: [],
    // The requester cancelled the call while it waited.
    cancelled: [],
    voided: [],
  },
})
