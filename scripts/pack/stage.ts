// Lays a product out in a folder as it is installed: code below lib/<name>, its starter in bin/.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { type Dependency, dependenciesOf, isUnneeded } from './dependencies.ts'
import { linkOrCopy } from './link-tree.ts'
import type { Product } from './products.ts'
import { graphOf } from './sources.ts'

export interface Staged {
  product: Product
  version: string
  folder: string
}

export interface StageOptions {
  clone: string
  /** Empty; gets `bin` and `lib`. */
  folder: string
  /** The Node that goes inside: `nodeWithoutSymbols`. */
  node: string
}

export async function stage(product: Product, { clone, folder, node }: StageOptions): Promise<Staged> {
  const lib = join(folder, 'lib', product.name)
  mkdirSync(lib, { recursive: true })
  const manifest = join(clone, product.entry.split('/').slice(0, 2).join('/'), 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  if (product.form === 'sources') {
    await placeSources(clone, product, lib)
    mkdirSync(join(lib, 'bin'))
    linkOrCopy(node, join(lib, 'bin/node'))
  } else placeBundle(clone, lib)
  copyFileSync(join(clone, 'LICENSE'), join(lib, 'LICENSE'))
  const starter = join(folder, 'bin', product.name)
  mkdirSync(dirname(starter), { recursive: true })
  writeFileSync(starter, starterOf(product))
  chmodSync(starter, 0o755)
  return { product, version, folder }
}

async function placeSources(clone: string, product: Product, lib: string): Promise<void> {
  const { files, packages } = await graphOf(clone, product.entry)
  for (const file of files) place(join(clone, file), join(lib, file))
  for (const folder of product.data) cpSync(join(clone, folder), join(lib, folder), { recursive: true, filter: isData })
  for (const name of new Set(files.map((file) => file.split('/')[1] ?? ''))) {
    const link = join(lib, 'node_modules/@xerotier', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join('../../packages', name), link)
  }
  const dependencies = dependenciesOf(clone, [...packages, ...product.extra])
  for (const dependency of dependencies) placeDependency(clone, lib, dependency)
  dropEmpty(lib)
  writeFileSync(
    join(lib, 'DEPENDENCIES'),
    dependencies.map((one) => `${one.name} ${one.version} ${one.license}\n`).join(''),
  )
}

/** Folders of which nothing was needed. */
function dropEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) dropEmpty(join(folder, entry.name))
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

/** Code comes by its imports. */
function isData(path: string): boolean {
  return !path.endsWith('.ts')
}

function placeDependency(clone: string, lib: string, { name, folder }: Dependency): void {
  const from = join(clone, folder)
  cpSync(from, join(lib, folder), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path === from || !isUnneeded(name, relative(from, path)),
  })
  // npm's archives hold no links, and whoever runs this may not make them there.
  const links = join(lib, folder, 'native/pg-symlinks.json')
  if (!existsSync(links)) return
  for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[]) {
    const link = join(lib, folder, target)
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), link)
  }
}

/** A copy of the Node that runs this, without its symbols where they can be taken off. */
export function nodeWithoutSymbols(to: string): string {
  place(process.execPath, to)
  chmodSync(to, 0o755)
  try {
    execFileSync('strip', ['--strip-unneeded', to], { stdio: 'ignore' })
  } catch {
    // It runs as well with them, and is 18 MB larger.
  }
  return to
}

function placeBundle(clone: string, lib: string): void {
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: clone, stdio: 'inherit' })
  for (const folder of ['bin', 'dist'])
    cpSync(join(clone, 'packages/xeroctl', folder), join(lib, folder), { recursive: true })
  // Nothing beside it says that it is a module.
  writeFileSync(join(lib, 'package.json'), '{ "type": "module" }\n')
}

function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

/** Finds its code from where it is, so that a tarball runs wherever it is unpacked. */
function starterOf({ name, form, entry }: Product): string {
  const head = `#!/bin/sh\nlib=$(dirname "$(dirname "$(readlink -f "$0")")")/lib\n`
  if (form === 'sources') return `${head}exec "$lib/${name}/bin/node" "$lib/${name}/${entry}" "$@"\n`
  return `${head}for node in "$lib/xerotier-xem-agent/bin/node" "$lib/xerotier-router/bin/node"; do
  [ -x "$node" ] && exec "$node" "$lib/${name}/bin/xeroctl.js" "$@"
done
exec node "$lib/${name}/bin/xeroctl.js" "$@"
`
}
