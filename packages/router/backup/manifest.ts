// What a backup says of itself.
import { z } from 'zod'

export const manifestName = 'backup.json'
/** Of what stands in the folder; another one is not read. */
export const backupForm = 1

export const manifestSchema = z.object({
  form: z.literal(backupForm),
  /** Of the router that made it. */
  version: z.string(),
  made_at: z.string(),
  migrations: z.array(z.object({ name: z.string(), digest: z.string() })),
  /** In the order in which they are restored. */
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()), file: z.string(), rows: z.int(), sha256: z.string() }),
  ),
  sequences: z.array(z.object({ name: z.string(), last: z.string().optional() })),
})
export type Manifest = z.infer<typeof manifestSchema>
