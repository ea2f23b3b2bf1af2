// The files of ours that a program is made of: what its imports lead to, and nothing else.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

export interface Graph {
  /** From the top of the clone. */
  files: string[]
  /** npm packages that they import. */
  packages: string[]
}

/** With what runs in a thread of its own, which is named by its place and not imported. */
export async function graphOf(clone: string, entry: string): Promise<Graph> {
  const files = new Set<string>()
  const packages = new Set<string>()
  const entries = [entry]
  for (const one of entries) {
    const graph = await importsOf(clone, one)
    for (const name of graph.packages) packages.add(name)
    for (const file of graph.files) {
      if (files.has(file)) continue
      files.add(file)
      entries.push(...threadsOf(clone, file).filter((thread) => !entries.includes(thread)))
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() }
}

function threadsOf(clone: string, file: string): string[] {
  const text = readFileSync(join(clone, file), 'utf8')
  const named = text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g)
  return [...named].map(([, path]) => join(dirname(file), path ?? ''))
}

async function importsOf(clone: string, entry: string): Promise<Graph> {
  const packages = new Set<string>()
  const ours: Plugin = {
    name: 'ours',
    setup(bundler) {
      bundler.onResolve({ filter: /^@xerotier\// }, ({ path }) => ({
        path: join(clone, 'packages', path.slice('@xerotier/'.length)),
      }))
      bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined
        if (!path.startsWith('node:')) packages.add(path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
        return { path, external: true }
      })
    },
  }
  const { metafile } = await build({
    absWorkingDir: clone,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outfile: 'unused.js',
    platform: 'node',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
    plugins: [ours],
  })
  const files = Object.keys(metafile.inputs)
  const manifests = files.flatMap((file) => {
    const manifest = `${/^packages\/[^/]+/.exec(file)?.[0]}/package.json`
    return existsSync(join(clone, manifest)) ? [manifest] : []
  })
  return { files: [...new Set([...files, ...manifests])], packages: [...packages] }
}
