import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const joinKeyStates = ['unused', 'consumed', 'revoked', 'expired'] as const
export const joinKeyStateSchema = z.enum(joinKeyStates)
export type JoinKeyState = z.infer<typeof joinKeyStateSchema>

export const joinKeyLifecycle = defineLifecycle<JoinKeyState>({
  name: 'join_key',
  initial: ['unused'],
  moves: { unused: ['consumed', 'revoked', 'expired'], consumed: [], revoked: [], expired: [] },
})
