import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { callsFolder, clearCallFolders, createCallFolders } from './call-folders.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-folders-'))
after(() => rmSync(folder, { recursive: true }))

test('the folders that a killed process left are removed, and those of another agent are not', async () => {
  const [own, other] = ['a', 'b'].map((letter) => callsFolder(folder, letter.repeat(32)))
  assert.ok(own !== undefined && other !== undefined)
  for (const one of [own, other]) {
    mkdirSync(join(one, 'call-x'), { recursive: true })
    writeFileSync(join(one, 'call-x', 'left'), '')
  }
  clearCallFolders(own)
  assert.deepEqual(readdirSync(own), [])
  assert.ok(existsSync(join(other, 'call-x', 'left')))
})

test('a call has a folder although the host cleaned up before it', async () => {
  const folders = createCallFolders(join(folder, 'swept'))
  const [one] = await Promise.all([folders.make(), folders.make(), folders.make()])
  assert.ok(existsSync(one))
  rmSync(join(folder, 'swept'), { recursive: true })
  const next = await folders.make()
  assert.ok(existsSync(next))
  await folders.remove(next)
  assert.ok(!existsSync(next))
})

test('calls that start together after the host cleaned up have a folder each', async () => {
  const folders = createCallFolders(join(folder, 'swept-for-many'))
  const all = await Promise.all(Array.from({ length: 20 }, () => folders.make()))
  assert.equal(new Set(all).size, 20)
  for (const one of all) assert.ok(existsSync(one))
})
