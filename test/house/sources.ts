import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Source {
  /** From the root of the repository, with `/`. */
  path: string
  text: string
}

const notOurs = new Set(['node_modules', '.git', '.node', '.xerotier', 'dist', 'coverage'])

const textKinds =
  /\.(ts|tsx|md|json|ya?ml|toml|sh|service|css|html|txt)$|(^|\/)(Containerfile|\.npmrc|\.gitignore|run)$/

/** Every file below `root`, without what is installed or built. */
export function pathsBelow(root: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (notOurs.has(entry.name)) return []
      if (entry.isDirectory()) return walk(path)
      return entry.isFile() ? [path] : []
    })
  return walk('').sort()
}

export function sourcesOf(root: string, paths: readonly string[]): Source[] {
  return paths
    .filter((path) => textKinds.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function isScript({ path }: Source): boolean {
  return /\.tsx?$/.test(path)
}

/** Runs only when somebody tests. */
export function isTest(path: string): boolean {
  return (
    /\.(test|fixture)\.tsx?$|\/fixtures\//.test(path) || path.startsWith('test/') || path.startsWith('packages/devkit/')
  )
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const paths: readonly string[] = pathsBelow(root)
export const sources: readonly Source[] = sourcesOf(root, paths)
export const scripts: readonly Source[] = sources.filter(isScript)
