import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@xerotier/protocol/errors.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import { routes } from '@xerotier/protocol/routes.ts'
import { anchor } from './reference/markdown.ts'
import { referenceFolder, referencePages } from './reference/pages.ts'

const pages = referencePages()
const folder = join(fileURLToPath(new URL('..', import.meta.url)), referenceFolder)

test('the reference is what the code says today', () => {
  assert.deepEqual(readdirSync(folder).toSorted(), Object.keys(pages).toSorted())
  for (const [name, text] of Object.entries(pages)) {
    assert.equal(readFileSync(join(folder, name), 'utf8'), text, `${name} is stale: npm run reference`)
  }
})

test('every route and every error code has its section', () => {
  for (const { method, path } of Object.values<Route>(routes)) {
    assert.ok(pages['api.md']?.includes(`\n### ${method} ${path}\n`), `${method} ${path}`)
  }
  for (const code of errorCodes) assert.ok(pages['errors.md']?.includes(`\n## ${code}\n`), code)
})

test('every link leads somewhere', () => {
  for (const [name, text] of Object.entries(pages)) {
    for (const [, file = '', fragment] of text.matchAll(/\]\(([a-z./-]*)(?:#([^)]*))?\)/g)) {
      const target = file === '' ? name : file
      assert.ok(target in pages || existsSync(join(folder, target)), `${name}: ${target}`)
      if (fragment === undefined) continue
      const headings = [...(pages[target] ?? '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading))
      assert.ok(headings.includes(fragment), `${name}: ${target}#${fragment}`)
    }
  }
})
