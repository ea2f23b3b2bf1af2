import { z } from 'zod'

export const scopes = ['inference', 'execution', 'management'] as const
export const scopeSchema = z.enum(scopes)
export type Scope = z.infer<typeof scopeSchema>
