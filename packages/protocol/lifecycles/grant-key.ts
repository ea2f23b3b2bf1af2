import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const grantKeyStates = ['current', 'retiring', 'retired'] as const
export const grantKeyStateSchema = z.enum(grantKeyStates)
export type GrantKeyState = z.infer<typeof grantKeyStateSchema>

export const grantKeyLifecycle = defineLifecycle<GrantKeyState>({
  name: 'grant key',
  initial: ['current'],
  moves: {
    // signs grants
    current: ['retiring', 'retired'],
    // signs them as well, for agents that do not know the newer one
    retiring: ['retired'],
    retired: [],
  },
})
