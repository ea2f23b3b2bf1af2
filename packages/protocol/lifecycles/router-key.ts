import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const routerKeyStates = ['next', 'current', 'retiring', 'retired'] as const
export const routerKeyStateSchema = z.enum(routerKeyStates)
export type RouterKeyState = z.infer<typeof routerKeyStateSchema>

export const routerKeyLifecycle = defineLifecycle<RouterKeyState>({
  name: 'router key',
  initial: ['next', 'current'],
  moves: {
    // made, and in use by nobody yet
    next: ['current', 'retired'],
    // what newcomers are given
    current: ['retiring', 'retired'],
    // another has taken its place, and counts beside it
    retiring: ['retired'],
    retired: [],
  },
})
