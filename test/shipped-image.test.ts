// What the image of the agent holds, by the commands
// of its Containerfile over a copy of the packages.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { imports } from './house/imports.ts'
import { isTest, pathsBelow, root } from './house/sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-image-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const containerfile = readFileSync(join(root, 'deploy/xem.Containerfile'), 'utf8').replaceAll('\\\n', '')
const prunes = [...containerfile.matchAll(/&& ((?:rm|find) [^&\n]+)/g)].map(([, command = '']) => command.trim())

const withoutModules = (path: string) => !path.endsWith('/node_modules')
cpSync(join(root, 'packages'), join(folder, 'packages'), { recursive: true, filter: withoutModules })
for (const command of prunes) execFileSync('sh', ['-ec', command], { cwd: folder })
const kept = new Set(pathsBelow(folder))

/** What runs when `entry` is started. */
function reachedFrom(entry: string): Set<string> {
  const reached = new Set([entry])
  for (const path of reached) {
    for (const { from, to, typeOnly } of imports) {
      if (from === path && !typeOnly && to.startsWith('packages/')) reached.add(to)
    }
  }
  return reached
}

test('the image of the agent holds no test and no fixture', () => {
  assert.equal(prunes.length, 2)
  assert.deepEqual([...kept].filter(isTest), [])
})

test('the image of the agent holds all that the agent runs, and its bundles', () => {
  const reached = reachedFrom('packages/xem-agent/main.ts')
  assert.ok(reached.size > 100)
  assert.deepEqual(
    [...reached].filter((path) => !kept.has(path)),
    [],
  )
  assert.ok(kept.has('packages/xem-agent/bundles/host/bundle.yaml'))
})
