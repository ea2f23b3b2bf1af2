// `xerotier-xem-agent bundles check <dir>`: what an agent here would make of a bundle, without a
// router. Its MCP server is started.
import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { AgentConfig } from './config.ts'
import { createCallFolders } from './execution/call-folders.ts'
import { credentialsFileFor } from './execution/credentials.ts'
import { findToolsUser } from './execution/tools-user.ts'
import { createBuiltins } from './tools/builtins/registry.ts'
import { type Catalogue, loadCatalogue } from './tools/catalogue.ts'
import { createGive } from './tools/mcp-givens.ts'

export interface BundlesCheckOptions {
  config: AgentConfig
  hostEnv: NodeJS.ProcessEnv
  log: Log
  version: string
  shippedDir: string
}

export interface BundlesCheck {
  text: string
  /** Whether all tools of all bundles would be offered. */
  isGood: boolean
}

/**
 * @param dir a bundle, or a folder of bundles. Those that ship with the agent have their names
 * already.
 */
export async function checkBundles(dir: string, options: BundlesCheckOptions): Promise<BundlesCheck> {
  const { config, hostEnv, log, version, shippedDir } = options
  const whole = resolve(dir)
  const isBundle = existsSync(join(whole, 'bundle.yaml'))
  const user = config.tools_user === undefined ? undefined : findToolsUser(config.tools_user)
  const folder = join(tmpdir(), `xem-check-${process.pid}`)
  const folders = createCallFolders(folder, user)
  const catalogue = await loadCatalogue({
    clock: systemClock,
    log,
    version,
    shippedDir,
    shipped: config.shipped_bundles,
    toolsDir: isBundle ? dirname(whole) : whole,
    only: isBundle ? basename(whole) : undefined,
    builtins: createBuiltins({
      clock: systemClock,
      writeDirs: config.host_write_dirs,
      ownPaths: [],
      asAnotherUser: user !== undefined,
    }),
    searchPath: hostEnv.PATH,
    toolsUser: user,
    give: createGive({ hostEnv: { ...hostEnv, ...user?.environment }, marks: {}, user, folders }),
    credentialsFile: (rules) => credentialsFileFor(rules, undefined, config.credentials_dir),
  })
  try {
    return report(catalogue, config.shipped_bundles.length)
  } finally {
    await catalogue.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function report({ bundles, tools, warnings }: Catalogue, shipped: number): BundlesCheck {
  const own = bundles.slice(shipped)
  const lines = own.flatMap((bundle) => {
    const title = `${bundle.name} ${bundle.version ?? '-'}`
    const offered = [...tools.values()].filter(({ descriptor }) => descriptor.bundle === bundle.name)
    const left = bundle.left_out.map(({ name, reason }) => `  left out: ${name}: ${reason}`)
    const warned = warnings.filter((one) => one.bundle === bundle.name).map((one) => `  warning: ${one.warning}`)
    if (bundle.error !== null) return [`${title}: not loaded`, `  ${bundle.error}`, ...left]
    const named = offered.map(({ descriptor: { name, risk } }) => `  ${name}  ${risk}`)
    return [`${title}: ${offered.length} tools`, ...named, ...left, ...warned]
  })
  const isGood = own.length > 0 && own.every(({ error, left_out }) => error === null && left_out.length === 0)
  return { text: `${own.length === 0 ? 'There is no bundle.' : lines.join('\n')}\n`, isGood }
}
