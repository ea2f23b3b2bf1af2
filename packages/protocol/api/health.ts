import { z } from 'zod'

export const healthSchema = z.object({ status: z.literal('ok'), version: z.string(), uptime_seconds: z.number() })
export const readinessSchema = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z.record(z.string(), z.enum(['ok', 'failing'])),
})
