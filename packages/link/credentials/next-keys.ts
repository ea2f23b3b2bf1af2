// The key of a rotation that is not completed yet, in a 0600 file beside the key in use: whatever
// dies in between, the agent has the key that the router takes it by.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { RotationUse } from '@xerotier/protocol/api/rotations.ts'
import type { CurveRotateFrame } from '@xerotier/protocol/frames/rotation/curve-rotate.ts'
import { rotationIdSchema } from '@xerotier/protocol/ids.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { z } from 'zod'

const next = {
  rotation_id: rotationIdSchema,
  secret: z.string().regex(/^[0-9a-f]{64}$/),
  /** The router takes it: it is what to dial with first. */
  accepted: z.boolean(),
}
const nextCurveSchema = z.object({
  use: z.literal('curve').default('curve'),
  ...next,
  router: z.object({ address: z.string(), curve_public_key: z.string().length(40) }),
})
const nextSigningSchema = z.object({ use: z.literal('signing'), ...next })
const schemas = { curve: nextCurveSchema, signing: nextSigningSchema }
export type NextKeys = z.infer<typeof nextCurveSchema> | z.infer<typeof nextSigningSchema>

const newSecret = () => randomBytes(32).toString('hex')

export function newCurve({ rotation_id, address, curve_public_key }: CurveRotateFrame): NextKeys {
  const router = { address, curve_public_key }
  return { use: 'curve', rotation_id, secret: newSecret(), router, accepted: false }
}

export function newSigning(rotation_id: string): NextKeys {
  return { use: 'signing', rotation_id, secret: newSecret(), accepted: false }
}

/** The files of the keys in use. */
export type KeyPaths = Record<RotationUse, string>

/** Where the key that is to come is kept. */
export const nextPathOf = (keyPath: string): string => `${keyPath}.next`

/** Undefined when there is none, or what is there is none. @throws when others may read it */
export function readNext(paths: KeyPaths, use: RotationUse): NextKeys | undefined {
  const text = readSecretFile(nextPathOf(paths[use]))
  if (text === undefined) return undefined
  try {
    return schemas[use].parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function writeNext(paths: KeyPaths, keys: NextKeys): void {
  writeSecretFile(nextPathOf(paths[keys.use]), `${JSON.stringify(keys)}\n`)
}

export function removeNext(paths: KeyPaths, use: RotationUse): void {
  rmSync(nextPathOf(paths[use]), { force: true })
}
