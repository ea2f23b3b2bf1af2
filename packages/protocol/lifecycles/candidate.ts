import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const candidateStates = ['pending', 'approved', 'rejected', 'enrolled'] as const
export const candidateStateSchema = z.enum(candidateStates)
export type CandidateState = z.infer<typeof candidateStateSchema>

export const candidateLifecycle = defineLifecycle<CandidateState>({
  name: 'candidate',
  initial: ['pending'],
  moves: {
    pending: ['approved', 'rejected'],
    // may enroll as soon as it asks again; until then it can still be refused
    approved: ['rejected', 'enrolled'],
    rejected: [],
    enrolled: [],
  },
})
