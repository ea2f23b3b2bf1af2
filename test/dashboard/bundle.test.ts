import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const assets = join(import.meta.dirname, '../../packages/dashboard/dist/assets')
const page = readFileSync(join(assets, '../index.html'), 'utf8')
const gzipped = (name: string) => statSync(join(assets, `${name}.gz`)).size

/** What a module asks for before it runs. */
function needed(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  const text = readFileSync(join(assets, name), 'utf8')
  for (const [, other = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) needed(other, seen)
  return seen
}

test('the first load of the dashboard is at most 180 KB of script, and each further view 80 KB', () => {
  const [, main = ''] = /src="assets\/(main-[^"]+)"/.exec(page) ?? []
  const [, theme = ''] = /src="assets\/(theme-[^"]+)"/.exec(page) ?? []
  const first = needed(main)
  const sum = [...first, theme].reduce((bytes, name) => bytes + gzipped(name), 0)
  assert.ok(sum <= 180 * 1024, `${sum} bytes`)
  const views = [...readFileSync(join(assets, main), 'utf8').matchAll(/import\("\.\/([^"]+)"\)/g)].map(
    ([, name = '']) => name,
  )
  assert.ok(views.length >= 8, 'each view is a part of its own')
  for (const view of views) {
    const more = [...needed(view)].filter((name) => !first.has(name)).reduce((bytes, name) => bytes + gzipped(name), 0)
    assert.ok(more <= 80 * 1024, `${view}: ${more} bytes`)
  }
})

test('the dashboard asks nobody else for anything, and holds no schemas', () => {
  for (const name of readdirSync(assets).filter((one) => /\.(?:js|css)$/.test(one))) {
    const text = readFileSync(join(assets, name), 'utf8')
    const hosts = [...text.matchAll(/https?:\/\/[a-z0-9.-]+/gi)].map(([host]) => host)
    const known = /^https?:\/\/(?:www\.w3\.org|react\.dev|localhost|tailwindcss\.com|a|n|tanstack\.com)?$/
    assert.deepEqual(
      hosts.filter((host) => !known.test(host)),
      [],
      name,
    )
    assert.doesNotMatch(text, /ZodError/, name)
  }
})
