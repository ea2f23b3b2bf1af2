// Which bundle has which name, and which tools fit the manifest. Who had a name keeps it: a bundle
// that comes later takes none.
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { manifestContent } from '@xerotier/protocol/manifest.ts'
import type { Tool } from '../tool.ts'
import type { BundleError, BundleFile } from './bundle-file.ts'
import type { Loaded } from './loaded.ts'

/** Folders of the bundles that have a name. */
export interface Owners {
  bundles: ReadonlyMap<string, string>
  tools: ReadonlyMap<string, string>
}

const noOwners: Owners = { bundles: new Map(), tools: new Map() }

export interface Candidate {
  dir: string
  file: BundleFile
  loaded: Loaded
}

export interface Shared {
  tools: Map<string, Tool>
  owners: Owners
  /** By folder. */
  refused: Map<string, BundleError>
}

/** Canonical JSON of all tools: what the largest list of workspaces leaves of a manifest. */
const toolsBytesMax =
  limits.manifestBytes - manifestBytes([], Array(limits.workspacesPerManifest).fill(`ws_${'f'.repeat(24)}`))

/** Moves the tools that cannot be offered from `loaded.tools` to `loaded.leftOut`. */
export function shareNames(candidates: readonly Candidate[], before: Owners = noOwners): Shared {
  const bundles = winners(
    candidates.map(({ dir, file }) => ({ dir, name: file.source.name })),
    before.bundles,
  )
  const refused = new Map<string, BundleError>()
  const taken = candidates.filter(({ dir, file }) => {
    const { name } = file.source
    if (bundles.get(name) === dir) return true
    refused.set(dir, file.errorAt(['name'], `a bundle ${name} is loaded already`))
    return false
  })
  const claims = taken.flatMap(({ dir, loaded }) => loaded.tools.map((tool) => ({ dir, name: tool.descriptor.name })))
  const owners = winners(claims, before.tools)
  const bundleOf = new Map(taken.map(({ dir, file }) => [dir, file.source.name]))
  for (const one of taken) {
    keepOnly(one, ({ descriptor: { name } }) => {
      const owner = owners.get(name)
      return owner === one.dir ? undefined : `the tool ${name} is in bundle ${bundleOf.get(owner ?? '')} already`
    })
  }
  fitIntoManifest(taken, before)
  const tools = new Map(taken.flatMap(({ loaded }) => loaded.tools.map((tool) => [tool.descriptor.name, tool])))
  const offered = new Map([...owners].filter(([name]) => tools.has(name)))
  return { tools, owners: { bundles, tools: offered }, refused }
}

/** Of those who claim a name, the one who had it, else the first. */
function winners(claims: readonly { dir: string; name: string }[], before: ReadonlyMap<string, string>) {
  const winners = new Map<string, string>()
  for (const { dir, name } of claims) if (!winners.has(name) || before.get(name) === dir) winners.set(name, dir)
  return winners
}

/** @param flawOf why a tool cannot be offered */
function keepOnly({ file, loaded }: Candidate, flawOf: (tool: Tool) => string | undefined): void {
  const place = file.source.mcp === undefined ? ['tools'] : ['mcp']
  loaded.tools = loaded.tools.filter((tool) => {
    const flaw = flawOf(tool)
    if (flaw !== undefined)
      loaded.leftOut.push({ name: tool.descriptor.name, reason: file.errorAt(place, flaw).message })
    return flaw === undefined
  })
}

/** A manifest beyond its limits never reaches the router, and without one there is no session. */
function fitIntoManifest(candidates: readonly Candidate[], before: Owners): void {
  let bytes = 0
  let count = 0
  const flaws = new Map<Tool, string>()
  const isOld = ({ dir }: Candidate, { descriptor }: Tool) => before.tools.get(descriptor.name) === dir
  const all = candidates.flatMap((one) => one.loaded.tools.map((tool) => ({ tool, old: isOld(one, tool) })))
  for (const { tool } of [...all.filter(({ old }) => old), ...all.filter(({ old }) => !old)]) {
    const own = manifestBytes([tool])
    if (count === limits.toolsPerManifest)
      flaws.set(tool, `an agent can offer ${limits.toolsPerManifest} tools at most`)
    else if (bytes + own > toolsBytesMax) {
      const reason = `it takes ${own} bytes of the manifest and those before it ${bytes}, of ${toolsBytesMax} in all`
      flaws.set(tool, reason)
    } else {
      bytes += own
      count++
    }
  }
  for (const one of candidates) keepOnly(one, (tool) => flaws.get(tool))
}

/** The size that `limits.manifestBytes` limits. @throws TypeError for what JSON cannot hold */
function manifestBytes(tools: readonly Tool[], workspaces: readonly string[] = []): number {
  const content = manifestContent({ tools: tools.map((tool) => tool.descriptor), workspaces: [...workspaces] })
  return Buffer.byteLength(canonicalJson(content))
}
