// All tools of the agent: the shipped bundles that it was told to load, and every folder of the
// tools folder.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { storableText } from '@xerotier/protocol/cut-text.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { BundleReport } from '@xerotier/protocol/manifest.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Tool } from '../tool.ts'
import { BundleError, type BundleFile, readBundleFile } from './bundle-file.ts'
import { type Builtins, loadTools } from './load-bundle.ts'
import type { LeftOut, Loaded } from './loaded.ts'
import { loadMcpBundle, type McpBundle, type McpOptions } from './mcp-bundle.ts'
import { type Owners, shareNames } from './owners.ts'
import { programFlaws } from './programs.ts'

export interface Catalogue {
  tools: ReadonlyMap<string, Tool>
  bundles: BundleReport[]
  /** What does not stop a bundle, and is hardly meant. */
  warnings: { bundle: string; warning: string }[]
  /** Whose the names are, for the next load. */
  owners: Owners
  /** Lets the servers of its MCP bundles go once their last call is done. */
  retire(): void
  /** Ends them now. */
  close(): Promise<void>
}

export interface CatalogueOptions extends Omit<McpOptions, 'log'> {
  log: Log
  toolsDir: string
  /** Of the tools folder this bundle alone. */
  only?: string | undefined
  shippedDir: string
  shipped: readonly string[]
  builtins: Builtins
  /** PATH of the agent. */
  searchPath: string | undefined
  /** Who had the names before: a bundle that is new must not take them. */
  owners?: Owners | undefined
  /** Gives the load up. */
  aborted?: AbortSignal | undefined
}

/**
 * How long the MCP servers of all bundles together may take to start and to list their tools: the
 * agent is offline meanwhile.
 */
export const loadMs = 30_000

/** Bundles that the manifest can report. */
const bundlesMax = 256

/**
 * Never throws for a bundle: one that is refused is reported, the others load.
 * @throws when it is given up
 */
export async function loadCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  const { log } = options
  const shipped = options.shipped.map((name) => ({ folder: name, dir: join(options.shippedDir, name) }))
  const folders = options.only === undefined ? foldersOf(options.toolsDir, log) : [options.only]
  const own = folders.map((name) => ({ folder: name, dir: join(options.toolsDir, name) }))
  const places = [...shipped, ...own].slice(0, Math.max(bundlesMax, shipped.length))
  const prepared = await prepareAll(places, options)
  if (options.aborted?.aborted) {
    for (const { mcp } of prepared) mcp?.giveUp()
    throw new Error('stopped before all bundles were loaded')
  }
  const candidates = prepared.flatMap(({ dir, file, loaded }) =>
    file === undefined || loaded === undefined ? [] : [{ dir, file, loaded }],
  )
  const { tools, owners, refused } = shareNames(candidates, options.owners)
  const bundles: BundleReport[] = []
  const servers: McpBundle[] = []
  const warnings: Catalogue['warnings'] = []
  for (const one of prepared) {
    const error = one.error ?? refused.get(one.dir)
    const report = reportOf({ ...one, error }, log)
    bundles.push(report)
    if (report.error !== null) one.mcp?.giveUp()
    else if (one.mcp !== undefined) servers.push(one.mcp)
    if (report.error === null && one.loaded !== undefined) {
      for (const warning of warningsOf(one.loaded, options.searchPath)) {
        log.warning({ bundle: report.name, warning }, 'the bundle says what is hardly meant')
        warnings.push({ bundle: report.name, warning })
      }
    }
  }
  return {
    tools,
    bundles: withinManifest(bundles),
    warnings,
    owners,
    retire: () => {
      for (const server of servers) server.retire()
    },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  }
}

/** Reports as a manifest takes them: storable, and not too many tools in all. */
function withinManifest(bundles: readonly BundleReport[]): BundleReport[] {
  let room = limits.leftOutCharacters
  let count: number = limits.leftOutTools
  return bundles.map((bundle) => {
    const left_out: LeftOut[] = []
    const all = bundle.left_out.map(storable)
    for (const [index, one] of all.entries()) {
      const more = storable({ name: `${all.length - index} more`, reason: 'The log of the agent names them.' })
      const isLast = index === all.length - 1
      // What stands for those that follow must fit as well.
      const needed = charactersOf(one) + (isLast ? 0 : charactersOf(more))
      const shown = needed <= room && count > (isLast ? 0 : 1) ? one : more
      if (charactersOf(shown) > room || count === 0) break
      left_out.push(shown)
      room -= charactersOf(shown)
      count--
      if (shown === more) break
    }
    return { ...bundle, left_out }
  })
}

function storable({ name, reason }: LeftOut): LeftOut {
  return { name: storableText(name, 128), reason: storableText(reason, 500) }
}

function charactersOf({ name, reason }: LeftOut): number {
  return name.length + reason.length
}

/** A bundle whose servers have listed their tools, or why not. */
interface Prepared {
  folder: string
  dir: string
  file?: BundleFile
  loaded?: Loaded
  mcp?: McpBundle
  error?: unknown
}

/** At the same time, as servers are slow. */
async function prepareAll(places: readonly { folder: string; dir: string }[], options: CatalogueOptions) {
  const limit = new AbortController()
  const giveUp = () => limit.abort('the agent stops')
  if (options.aborted?.aborted) giveUp()
  options.aborted?.addEventListener('abort', giveUp)
  const reason = `the server did not list its tools within ${loadMs / 1000} seconds of the load`
  const timer = options.clock.after(loadMs, () => limit.abort(reason))
  const prepared = await Promise.all(places.map((place) => prepare(place, options, limit.signal)))
  timer.cancel()
  options.aborted?.removeEventListener('abort', giveUp)
  return prepared
}

async function prepare(
  place: { folder: string; dir: string },
  options: CatalogueOptions,
  limit: AbortSignal,
): Promise<Prepared> {
  const prepared: Prepared = { ...place }
  try {
    const file = readBundleFile(join(place.dir, 'bundle.yaml'))
    prepared.file = file
    const { mcp } = file.source
    if (mcp === undefined) prepared.loaded = loadTools(file, place.dir, options.builtins)
    else {
      prepared.mcp = await loadMcpBundle(file, mcp, place.dir, options, limit)
      prepared.loaded = prepared.mcp.loaded
    }
  } catch (error) {
    prepared.error = error
  }
  return prepared
}

/** What the manifest says of a bundle, and the log. */
function reportOf({ folder, dir, file, loaded, error }: Prepared, log: Log): BundleReport {
  const { name, version } = file?.source ?? { name: storableText(folder, 128), version: null }
  try {
    if (loaded === undefined || error !== undefined) throw error
    const [first] = loaded.leftOut
    // With nothing left of it, it is not loaded.
    if (loaded.tools.length === 0 && first !== undefined) throw new BundleError(first.reason)
    for (const left of loaded.leftOut)
      log.warning({ bundle: name, tool: left.name, reason: left.reason }, 'tool is not offered')
    log.info({ bundle: name, version, tools: loaded.tools.length }, 'bundle loaded')
    return { name, version, error: null, left_out: loaded.leftOut }
  } catch (cause) {
    if (!(cause instanceof BundleError)) log.error({ error: cause, bundle: folder }, 'bundle failed to load')
    const where = join(dir, 'bundle.yaml')
    const reason = cause instanceof BundleError ? cause.message : `${where}: cannot be loaded; see the log`
    log.warning({ bundle: folder, reason }, 'bundle refused')
    return { name, version, error: storableText(reason, 1000), left_out: loaded?.leftOut ?? [] }
  }
}

function warningsOf({ tools, warnings }: Loaded, searchPath: string | undefined): string[] {
  return [...warnings, ...programFlaws(tools, searchPath)]
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
    const code = codeOf(error)
    if (code !== 'ENOENT') log.error({ path: toolsDir, code }, 'tools folder cannot be read')
    return []
  }
}
