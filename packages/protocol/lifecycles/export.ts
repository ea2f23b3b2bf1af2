import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const exportStates = ['pending', 'running', 'completed', 'failed', 'expired'] as const
export const exportStateSchema = z.enum(exportStates)
export type ExportState = z.infer<typeof exportStateSchema>

export const exportLifecycle = defineLifecycle<ExportState>({
  name: 'export',
  initial: ['pending'],
  moves: {
    pending: ['running'],
    // What a router that died was making goes on with the next, and stays running.
    running: ['completed', 'failed'],
    completed: ['expired'],
    failed: [],
    expired: [],
  },
})
