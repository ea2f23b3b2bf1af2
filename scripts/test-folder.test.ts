import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
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

test('what a run that was killed has left is removed, and what may be in use stays', () => {
  const dead = 2 ** 22 + 1 // above every process id that Linux gives
  const [left, fresh, ours] = [
    `xerotier-tests-${dead}-a`,
    `xerotier-tests-${dead}-b`,
    `xerotier-tests-${process.pid}-c`,
  ]
  for (const name of [left, fresh, ours, 'of-others']) mkdirSync(join(root, name))
  for (const name of [left, ours, 'of-others']) utimesSync(join(root, name), 0, 0)
  assert.equal(folderInMemory(root, 2 ** 60), undefined)
  assert.deepEqual(readdirSync(root).toSorted(), [fresh, ours, 'of-others'].toSorted())
})
