import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const invitationStates = ['pending', 'accepted', 'revoked', 'expired'] as const
export const invitationStateSchema = z.enum(invitationStates)
export type InvitationState = z.infer<typeof invitationStateSchema>

export const invitationLifecycle = defineLifecycle<InvitationState>({
  name: 'invitation',
  initial: ['pending'],
  moves: { pending: ['accepted', 'revoked', 'expired'], accepted: [], revoked: [], expired: [] },
})
