// All tools of the agent: the shipped bundles that it was told to load, and every folder of the tools folder.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Manifest, manifestContent } from '@xerotier/protocol/manifest.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Tool } from '../tool.ts'
import { BundleError, type BundleFile, readBundleFile } from './bundle-file.ts'
import { type Builtins, loadTools } from './load-bundle.ts'
import { loadMcpBundle, type McpBundle, type McpOptions } from './mcp-bundle.ts'
import { missingPrograms } from './programs.ts'

export type BundleReport = Manifest['bundles'][number]

export interface Catalogue {
  tools: ReadonlyMap<string, Tool>
  bundles: BundleReport[]
  /** Lets the servers of its MCP bundles go once their last call is done. */
  retire(): void
  /** Ends them now. */
  close(): Promise<void>
}

export interface CatalogueOptions extends Omit<McpOptions, 'log'> {
  log: Log
  toolsDir: string
  shippedDir: string
  shipped: readonly string[]
  builtins: Builtins
  /** PATH of the agent. */
  searchPath: string | undefined
  /** Gives the load up. */
  aborted?: AbortSignal | undefined
}

/** A bundle whose servers have listed their tools, or why not. */
interface Prepared {
  folder: string
  dir: string
  file?: BundleFile
  mcp?: McpBundle | undefined
  error?: unknown
}

/** How long the MCP servers of all bundles together may take to start and to list their tools: the agent is offline meanwhile. */
export const loadMs = 30_000

/** Bundles that the manifest can report. */
const bundlesMax = 256
/** Canonical JSON of all tools: what the largest list of workspaces leaves of a manifest. */
const toolsBytesMax =
  limits.manifestBytes - manifestBytes([], Array(limits.workspacesPerManifest).fill(`ws_${'f'.repeat(24)}`))

/** Never throws for a bundle: one that is refused is reported, the others load. @throws when it is given up */
export async function loadCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  const { log } = options
  const tools = new Map<string, Tool>()
  let toolsBytes = 0
  const bundles: BundleReport[] = []
  const servers: McpBundle[] = []

  async function prepare(folder: string, dir: string, limit: AbortSignal): Promise<Prepared> {
    const prepared: Prepared = { folder, dir }
    try {
      prepared.file = readBundleFile(join(dir, 'bundle.yaml'))
      const isMcp = prepared.file.source.mcp !== undefined
      if (isMcp) prepared.mcp = await loadMcpBundle(prepared.file, dir, options, limit)
    } catch (error) {
      prepared.error = error
    }
    return prepared
  }

  function add({ folder, dir, file, mcp, error }: Prepared): void {
    try {
      if (file === undefined || error !== undefined) throw error
      const { source } = file
      if (bundles.some((bundle) => bundle.error === null && bundle.name === source.name)) {
        throw file.errorAt(['name'], `a bundle ${source.name} is loaded already`)
      }
      const loaded = mcp?.tools ?? loadTools(file, dir, options.builtins)
      toolsBytes += addAll(tools, loaded, file, toolsBytes)
      if (mcp !== undefined) servers.push(mcp)
      bundles.push({ name: source.name, version: source.version, error: null })
      log.info({ bundle: source.name, version: source.version, tools: loaded.length }, 'bundle loaded')
      const missing = missingPrograms(loaded, options.searchPath)
      if (missing.length > 0)
        log.warning({ bundle: source.name, missing }, 'programs of the bundle are not on the PATH of the agent')
    } catch (error) {
      mcp?.giveUp()
      if (!(error instanceof BundleError)) log.error({ error, bundle: folder }, 'bundle failed to load')
      const reason =
        error instanceof BundleError ? error.message : `${join(dir, 'bundle.yaml')}: cannot be loaded; see the log`
      bundles.push({
        name: file?.source.name ?? folder.slice(0, 128),
        version: file?.source.version ?? null,
        error: reason.slice(0, 1000),
      })
      log.warning({ bundle: folder, reason }, 'bundle refused')
    }
  }

  const shipped = options.shipped.map((name) => [name, join(options.shippedDir, name)] as const)
  const own = foldersOf(options.toolsDir, log).map((name) => [name, join(options.toolsDir, name)] as const)
  const places = [...shipped, ...own].slice(0, Math.max(bundlesMax, shipped.length))
  const limit = new AbortController()
  const giveUp = () => limit.abort('the agent stops')
  if (options.aborted?.aborted) giveUp()
  options.aborted?.addEventListener('abort', giveUp)
  const reason = `the server did not list its tools within ${loadMs / 1000} seconds of the load`
  const timer = options.clock.after(loadMs, () => limit.abort(reason))
  const prepared = await Promise.all(places.map(([folder, dir]) => prepare(folder, dir, limit.signal)))
  timer.cancel()
  options.aborted?.removeEventListener('abort', giveUp)
  if (options.aborted?.aborted) {
    for (const { mcp } of prepared) mcp?.giveUp()
    throw new Error('stopped before all bundles were loaded')
  }
  for (const one of prepared) add(one)
  return {
    tools,
    bundles,
    retire: () => {
      for (const server of servers) server.retire()
    },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  }
}

/**
 * All tools of a bundle or none.
 * @param taken bytes of the manifest that other bundles take
 * @returns the bytes that this one takes
 * @throws BundleError
 */
function addAll(tools: Map<string, Tool>, loaded: readonly Tool[], file: BundleFile, taken: number): number {
  const place = file.source.mcp === undefined ? ['tools'] : ['mcp']
  if (tools.size + loaded.length > limits.toolsPerManifest) {
    throw file.errorAt(place, `an agent can offer ${limits.toolsPerManifest} tools at most`)
  }
  for (const { descriptor } of loaded) {
    const other = tools.get(descriptor.name)?.descriptor.bundle
    if (other !== undefined) throw file.errorAt(place, `the tool ${descriptor.name} is in bundle ${other} already`)
  }
  // A manifest beyond the limit never reaches the router, and without one there is no session: this bundle alone stays out.
  const bytes = manifestBytes(loaded)
  if (taken + bytes > toolsBytesMax) {
    const reason = `its tools take ${bytes} bytes of the manifest and those before it ${taken}, of ${toolsBytesMax} in all`
    throw file.errorAt(place, reason)
  }
  for (const tool of loaded) tools.set(tool.descriptor.name, tool)
  return bytes
}

/** The size that `limits.manifestBytes` limits. @throws TypeError for what JSON cannot hold */
function manifestBytes(tools: readonly Tool[], workspaces: readonly string[] = []): number {
  const content = manifestContent({ tools: tools.map((tool) => tool.descriptor), workspaces: [...workspaces] })
  return Buffer.byteLength(canonicalJson(content))
}

/** Folders with a bundle, in order of name. A tools folder that is missing is an empty one. */
function foldersOf(toolsDir: string, log: Log): string[] {
  try {
    return readdirSync(toolsDir)
      .filter(
        (name) => !name.startsWith('.') && statSync(join(toolsDir, name), { throwIfNoEntry: false })?.isDirectory(),
      )
      .sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') log.error({ path: toolsDir, code }, 'tools folder cannot be read')
    return []
  }
}
