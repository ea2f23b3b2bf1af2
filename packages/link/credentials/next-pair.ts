// The pair of a rotation that is not completed yet, in a 0600 file beside the pair in use: whatever
// dies in between, the agent has the key that the router takes it by.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { CurveRotateFrame } from '@xerotier/protocol/frames/rotation/curve-rotate.ts'
import { rotationIdSchema } from '@xerotier/protocol/ids.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import { z } from 'zod'

const nextPairSchema = z.object({
  rotation_id: rotationIdSchema,
  secret: z.string().regex(/^[0-9a-f]{64}$/),
  router: z.object({ address: z.string(), curve_public_key: z.string().length(40) }),
  /** The router takes it: it is what to dial with first. */
  accepted: z.boolean(),
})
export type NextPair = z.infer<typeof nextPairSchema>

export function newPair({ rotation_id, address, curve_public_key }: CurveRotateFrame): NextPair {
  const secret = randomBytes(32).toString('hex')
  return { rotation_id, secret, router: { address, curve_public_key }, accepted: false }
}

/** Where it is kept. */
export const nextPairPath = (curveKeyPath: string): string => `${curveKeyPath}.next`

/** Undefined when there is none, or what is there is none. @throws when others may read it */
export function readNextPair(curveKeyPath: string): NextPair | undefined {
  const text = readSecretFile(nextPairPath(curveKeyPath))
  if (text === undefined) return undefined
  try {
    return nextPairSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function writeNextPair(curveKeyPath: string, pair: NextPair): void {
  writeSecretFile(nextPairPath(curveKeyPath), `${JSON.stringify(pair)}\n`)
}

export function removeNextPair(curveKeyPath: string): void {
  rmSync(nextPairPath(curveKeyPath), { force: true })
}
