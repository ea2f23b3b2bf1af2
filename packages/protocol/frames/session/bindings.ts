import { z } from 'zod'
import { limits } from '../../limits.ts'
import { bindingSchema } from '../../manifest.ts'

/** router → agent. The workspaces it serves from now on: the whole list. */
export const bindingsFrame = z.object({
  t: z.literal('bindings'),
  bindings: z.array(bindingSchema).max(limits.workspacesPerManifest),
})
