// A tarball of a staged product: it runs where it is unpacked, and says how to install it for good.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Product } from './products.ts'
import type { Staged } from './stage.ts'

export interface TarballOptions {
  clone: string
  /** Where the tarball goes. */
  out: string
  /** Of gzip: 1 is fast, 9 is small. */
  level: number
}

/** Answers the path of the tarball. The staged folder gets what only a tarball has. */
export function packTarball(staged: Staged, { clone, out, level }: TarballOptions): string {
  const { product, version, folder } = staged
  const top =
    product.form === 'bundle' ? `${product.name}-${version}` : `${product.name}-${version}-linux-${process.arch}`
  const { service } = product
  if (service !== undefined) {
    mkdirSync(join(folder, 'deploy'))
    for (const file of [service.unit, ...service.configuration.map((one) => one.file)])
      copyFileSync(join(clone, 'deploy', file), join(folder, 'deploy', file))
  }
  writeFileSync(join(folder, 'INSTALL'), installText(product))
  const named = join(dirname(folder), top)
  renameSync(folder, named)
  const path = join(out, `${top}.tar.gz`)
  const still = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner']
  execFileSync('tar', ['-C', dirname(named), ...still, '-I', `gzip -${level}`, '-cf', path, top])
  renameSync(named, folder)
  return path
}

function installText({ name, form, service }: Product): string {
  const run = `It runs where it is unpacked: bin/${name} --help\n`
  const node = form === 'bundle' ? 'It needs Node 20 or later as `node` on the PATH.\n' : 'Node is inside.\n'
  const copied = `\nFor good, as root, from this folder:\n\n  cp -R bin lib /usr/local/\n`
  if (service === undefined) return `${run}${node}${copied}`
  const { unit, user, toolsUser, state, configuration } = service
  const useradd = 'useradd --system --shell /usr/sbin/nologin --home-dir'
  const tools = toolsUser === undefined ? '' : `  ${useradd} ${toolsUser.home} --create-home ${toolsUser.name}\n`
  const files = configuration.map(
    ({ file, to, mode }) =>
      `  install -m ${mode.toString(8).padStart(4, '0')} deploy/${file} ${to}   # then look through it\n`,
  )
  return `${run}${node}${copied}  ${useradd} ${state} ${user}
${tools}  install -d -m 0755 /etc/xerotier
${files.join('')}  sed s,/usr/bin/,/usr/local/bin/, deploy/${unit} > /etc/systemd/system/${unit}
  systemctl daemon-reload
  systemctl enable --now ${unit}
`
}
