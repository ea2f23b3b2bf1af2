import { z } from 'zod'
import { defineLifecycle, sourcesOf } from './lifecycle.ts'

export const rotationStates = ['requested', 'acknowledged', 'completed', 'ended', 'rolled_back'] as const
export const rotationStateSchema = z.enum(rotationStates)
export type RotationState = z.infer<typeof rotationStateSchema>

export const rotationLifecycle = defineLifecycle<RotationState>({
  name: 'rotation',
  initial: ['requested'],
  moves: {
    // the agent is told to make a key
    requested: ['acknowledged', 'rolled_back'],
    // its new key is on record, and counts beside the old one
    acknowledged: ['completed', 'rolled_back'],
    // it has begun a session with the new key: the old one counts until the overlap is over
    completed: ['ended'],
    // the new key alone counts
    ended: [],
    // the old key stays, and the new one never counted or counts no more
    rolled_back: [],
  },
})

/** It can be rolled back, and there is none beside it. */
export const openRotationStates: readonly RotationState[] = sourcesOf(rotationLifecycle, 'rolled_back')
