// The product as it was, out of the history: what is there when somebody upgrades.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
/** The last commit of the release before; moves with each release. */
const commit = '96471b235ba7'
const ours = '@xerotier'

export const skipWithoutHistory =
  spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).status === 0
    ? false
    : `the history of this clone does not reach back to ${commit}`

/**
 * Unpacks it. Packages of others are those of today: it pins the same.
 *
 * @returns its folder
 */
export function unpackReleaseBefore(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-before-'))
  const tar = execFileSync('git', ['archive', '--format=tar', commit, 'packages', 'package.json'], {
    cwd: root,
    maxBuffer: 1024 * 1024 * 1024,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: tar })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, ours), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== ours && !name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const name of readdirSync(join(folder, 'packages')))
    symlinkSync(join(folder, 'packages', name), join(modules, ours, name))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
