import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { clone, openState, type State, xeroctlOf } from './state.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-state-'))
after(() => rmSync(folder, { recursive: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

test('a folder with the files of others is refused by name and stays as it is', () => {
  const theirs = join(folder, 'theirs')
  mkdirSync(theirs)
  chmodSync(theirs, 0o755)
  writeFileSync(join(theirs, 'notes.txt'), '')
  assert.throws(() => openState(theirs), { message: new RegExp(`${theirs} holds other files \\(notes\\.txt\\)`) })
  assert.equal(modeOf(theirs), 0o755)
})

test('a new and an empty folder become private, and stay ours when a file is added', () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  chmodSync(empty, 0o755)
  for (const path of [empty, join(folder, 'new')]) {
    const state = openState(path)
    assert.deepEqual([state.folder, state.agent, state.logs].map(modeOf), [0o700, 0o700, 0o700])
    writeFileSync(join(path, 'notes.txt'), '')
    // Held by this process, so it is known for ours.
    assert.throws(() => openState(path), /another process/)
  }
})

test('what is printed finds the system, from wherever its folder is', () => {
  const line = (at: string) => xeroctlOf({ folder: at } as State)
  assert.equal(line(join(clone, '.xerotier')), 'npx xeroctl')
  assert.equal(line('/var/x'), 'XEROTIER_STATE_DIR=/var/x npx xeroctl')
  assert.equal(line("/it's here"), "XEROTIER_STATE_DIR='/it'\\''s here' npx xeroctl")
})
