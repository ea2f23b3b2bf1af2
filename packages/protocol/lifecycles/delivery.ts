import { z } from 'zod'
import { defineLifecycle } from './lifecycle.ts'

export const deliveryStates = ['pending', 'delivered', 'exhausted'] as const
export const deliveryStateSchema = z.enum(deliveryStates)
export type DeliveryState = z.infer<typeof deliveryStateSchema>

export const deliveryLifecycle = defineLifecycle<DeliveryState>({
  name: 'delivery',
  // exhausted: what came when too many waited already stands with the dead letters at once.
  initial: ['pending', 'exhausted'],
  moves: {
    // Between its attempts it stays pending.
    pending: ['delivered', 'exhausted'],
    // Somebody asks for it again.
    delivered: ['pending'],
    exhausted: ['pending'],
  },
})
