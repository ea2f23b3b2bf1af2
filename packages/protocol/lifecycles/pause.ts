import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const pauseStates = ['active', 'ended', 'expired'] as const
export const pauseStateSchema = z.enum(pauseStates)
export type PauseState = z.infer<typeof pauseStateSchema>

export const pauseLifecycle = defineLifecycle<PauseState>({
  name: 'pause',
  initial: ['active'],
  moves: {
    active: ['ended', 'expired'],
    // somebody resumed
    ended: [],
    // its time ran out
    expired: [],
  },
})
