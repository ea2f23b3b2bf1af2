// A Debian package of a staged product.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { linkTree } from './link-tree.ts'
import type { Product } from './products.ts'
import type { Staged } from './stage.ts'

export interface DebianOptions {
  clone: string
  /** Empty; the tree that dpkg-deb packs. */
  root: string
  /** Where the package goes. */
  out: string
  /** Of the packaging: `0.1.0-<revision>`. */
  revision: number
  /** As dpkg-deb has it: zstd, gzip, xz, none. */
  compression: string
}

/** Answers the path of the package. */
export function packDebian(staged: Staged, options: DebianOptions): string {
  const { product, version, folder } = staged
  const { root, clone } = options
  linkTree(folder, join(root, 'usr'))
  const documents = join(root, 'usr/share/doc', product.name)
  place(join(clone, 'LICENSE'), join(documents, 'copyright'))
  if (product.service !== undefined) {
    place(join(clone, 'deploy', product.service.unit), join(root, 'usr/lib/systemd/system', product.service.unit))
    for (const { file, to, mode } of product.service.configuration)
      place(join(clone, 'deploy', file), join(root, to), mode)
  }
  for (const [path, text] of completions(product, root)) write(join(root, path), text)
  const control = join(root, 'DEBIAN')
  const architecture = product.form === 'bundle' ? 'all' : debianArchitecture()
  write(join(control, 'control'), controlOf(product, `${version}-${options.revision}`, architecture, kibibytes(root)))
  const kept = product.service?.configuration.map(({ to }) => `${to}\n`) ?? []
  if (kept.length > 0) write(join(control, 'conffiles'), kept.join(''))
  for (const script of product.service === undefined ? [] : ['postinst', 'prerm', 'postrm'])
    place(join(clone, 'deploy/debian', product.name, script), join(control, script), 0o755)

  const path = join(options.out, `${product.name}_${version}-${options.revision}_${architecture}.deb`)
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${options.compression}`, '--build', root, path], { stdio: 'pipe' })
  return path
}

function controlOf(product: Product, version: string, architecture: string, size: number): string {
  const depends = [...(product.form === 'sources' ? ['libc6 (>= 2.28)', 'libstdc++6'] : []), ...product.depends]
  const fields: [string, string][] = [
    ['Package', product.name],
    ['Version', version],
    ['Architecture', architecture],
    ['Maintainer', 'Xerotier <packages@xerotier.invalid>'],
    ['Installed-Size', String(size)],
    ['Depends', depends.join(', ')],
    ['Recommends', product.recommends.join(', ')],
    ['Section', 'admin'],
    ['Priority', 'optional'],
    ['Description', product.summary],
  ]
  return fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

/** Where each shell of Debian looks. */
function completions(product: Product, root: string): [path: string, text: string][] {
  if (product.form !== 'bundle') return []
  const script = (shell: string) =>
    execFileSync(process.execPath, [join(root, 'usr/lib', product.name, 'bin/xeroctl.js'), 'completion', shell], {
      encoding: 'utf8',
    })
  return [
    [`usr/share/bash-completion/completions/${product.name}`, script('bash')],
    [`usr/share/zsh/vendor-completions/_${product.name}`, script('zsh')],
    [`usr/share/fish/vendor_completions.d/${product.name}.fish`, script('fish')],
  ]
}

function debianArchitecture(): string {
  const known: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' }
  const name = known[process.arch]
  if (name === undefined) throw new Error(`no Debian package for ${process.arch}`)
  return name
}

export function kibibytes(folder: string): number {
  const bytes = (path: string): number => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return 0
    if (!found.isDirectory()) return found.size
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isSymbolicLink())
      .reduce((sum, entry) => sum + bytes(join(path, entry.name)), 0)
  }
  return Math.ceil(bytes(folder) / 1024)
}

function place(from: string, to: string, mode = 0o644): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  chmodSync(to, mode)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o644 })
}
