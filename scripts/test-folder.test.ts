import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { folderInMemory } from './test-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'xerotier-folder-'))
after(() => rmSync(root, { recursive: true }))

test('where there is room a run gets an empty folder that every user may use', () => {
  const folder = folderInMemory(root, 0)
  assert.ok(folder !== undefined)
  assert.equal(dirname(folder), root)
  assert.equal(statSync(folder).mode & 0o7777, 0o1777)
  assert.deepEqual(readdirSync(folder), [])
  rmSync(folder, { recursive: true })
})

test('a host without the room, or without such a folder, keeps its own', () => {
  assert.equal(folderInMemory(root, 2 ** 60), undefined)
  assert.equal(folderInMemory(join(root, 'none'), 0), undefined)
  assert.deepEqual(readdirSync(root), [])
})
