import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Source {
  /** From the root of the repository, with `/`. */
  path: string
  text: string
}

const notOurs = new Set(['node_modules', '.git', '.node', '.xerotier', 'dist', 'coverage'])

function walk(folder: string, found: string[]): string[] {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (notOurs.has(entry.name)) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) walk(path, found)
    else if (entry.isFile()) found.push(path)
  }
  return found
}

/** Every file of the repository, without what is installed or built. */
export const paths: readonly string[] = walk('', []).sort()

const textKinds =
  /\.(ts|tsx|md|json|ya?ml|toml|sh|service|css|html|txt)$|(^|\/)(Containerfile|\.npmrc|\.gitignore|run)$/
export const sources: readonly Source[] = paths
  .filter((path) => textKinds.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

export const scripts: readonly Source[] = sources.filter(({ path }) => /\.tsx?$/.test(path))

/** Runs only when somebody tests. */
export function isTest(path: string): boolean {
  return (
    /\.(test|fixture)\.tsx?$|\/fixtures\//.test(path) || path.startsWith('test/') || path.startsWith('packages/devkit/')
  )
}
