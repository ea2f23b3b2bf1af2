// Who had which name, across restarts: a bundle that is added while the agent is down takes none
// either.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { Owners } from './owners.ts'

const namesSchema = z.array(z.tuple([z.string(), z.string()]))
const ownersSchema = z.object({ bundles: namesSchema, tools: namesSchema })

/** Nobody's, when there is no such file or none that can be read. */
export function readOwners(path: string): Owners | undefined {
  try {
    const { bundles, tools } = ownersSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    return { bundles: new Map(bundles), tools: new Map(tools) }
  } catch {
    return undefined
  }
}

/** @throws when the disk takes nothing */
export function keepOwners(path: string, { bundles, tools }: Owners): void {
  writeFileSync(`${path}.tmp`, JSON.stringify({ bundles: [...bundles], tools: [...tools] }), { mode: 0o600 })
  renameSync(`${path}.tmp`, path)
}
