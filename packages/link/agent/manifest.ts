// What the agent says that it can do. The version counts up whenever the content changes, across
// restarts too.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { workspaceIdSchema } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Manifest, manifestContent } from '@xerotier/protocol/manifest.ts'
import { digestOf } from '@xerotier/runtime/digest.ts'
import { z } from 'zod'

/**
 * What the work can do. Another kind of work will have another offer, and the manifest be a union
 * by role.
 */
export type Offer = Pick<Manifest, 'tools' | 'bundles'>

export interface ManifestContent extends Offer {
  /** Ids of the workspaces served. */
  workspaces: readonly string[]
}

export interface ManifestKeeper {
  current(): Manifest
  /** The workspaces of the last run: what is served until the router says otherwise. */
  lastWorkspaces: readonly string[]
  /** Takes what changed. Returns whether tools or workspaces differ from what was published. */
  update(change: Partial<ManifestContent>): boolean
}

const stateSchema = z.object({
  manifest_version: z.int().positive(),
  manifest_hash: z.string(),
  workspaces: z.array(workspaceIdSchema).max(limits.workspacesPerManifest),
})
type State = z.infer<typeof stateSchema>

/**
 * @param statePath where version and hash are kept; a lost file starts again at 1.
 * @param notWritten hears why the file could not be written. What is published is the manifest in
 * memory, and the next update writes again; without it the update throws.
 */
export function createManifestKeeper(
  statePath: string,
  notWritten = (error: unknown): void => {
    throw error
  },
): ManifestKeeper {
  const kept = readState(statePath)
  const lastWorkspaces = kept?.workspaces ?? []
  let content: ManifestContent = { tools: [], bundles: [], workspaces: lastWorkspaces }
  let manifest: Manifest | undefined
  let written = true

  function keep(state: State): void {
    written = false
    try {
      writeState(statePath, state)
      written = true
    } catch (error) {
      notWritten(error)
    }
  }

  return {
    lastWorkspaces,
    current() {
      if (manifest === undefined) throw new Error('the manifest was never made')
      return manifest
    },
    update(change) {
      const next = { ...content, ...change }
      const { tools } = next
      const workspaces = [...next.workspaces].sort()
      const manifest_hash = digestOf(manifestContent({ tools, workspaces }))
      const last = manifest ?? kept
      const changed = manifest_hash !== last?.manifest_hash
      const manifest_version = (last?.manifest_version ?? 0) + (changed ? 1 : 0)
      content = next
      manifest = { manifest_version, manifest_hash, tools, workspaces, bundles: next.bundles }
      if (changed || !written) keep({ manifest_version, manifest_hash, workspaces })
      return changed
    },
  }
}

function readState(path: string): State | undefined {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

function writeState(path: string, state: State): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${path}.tmp`, path)
}
