import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { style } from './style.ts'

test('the pages of links have the colours of the dashboard, in both themes', () => {
  const sheet = readFileSync(join(import.meta.dirname, '../../../dashboard/sheet.css'), 'utf8')
  const [light = '', dark = ''] = style.split('@media (prefers-color-scheme:dark)')
  const named = [...light.matchAll(/--([a-z-]+):(#[0-9a-f]+)/g)]
  assert.ok(named.length > 12)
  for (const [, name = '', colour = ''] of named) {
    const [, here, other] = new RegExp(`--${name}: light-dark\\((#[0-9a-f]+), (#[0-9a-f]+)\\)`).exec(sheet) ?? []
    assert.equal(colour, here, name)
    assert.ok(dark.includes(`--${name}:${other}`), name)
  }
})
