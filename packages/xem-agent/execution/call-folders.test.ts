import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type CallFolders, callsFolder, clearCallFolders, createCallFolders } from './call-folders.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-folders-'))
after(() => rmSync(folder, { recursive: true }))
const make = (folders: CallFolders) => folders.make(undefined)

test('the folders that a killed process left are removed, and those of another agent are not', async () => {
  const [own, other] = ['a', 'b'].map((letter) => callsFolder(folder, letter.repeat(32)))
  assert.ok(own !== undefined && other !== undefined)
  for (const one of [own, other]) {
    mkdirSync(join(one, 'call-x'), { recursive: true })
    writeFileSync(join(one, 'call-x', 'left'), '')
  }
  await clearCallFolders(own, undefined)
  assert.deepEqual(readdirSync(own), [])
  assert.ok(existsSync(join(other, 'call-x', 'left')))
})

test('a call has a folder although the host cleaned up before it', async () => {
  const folders = createCallFolders(join(folder, 'swept'), undefined)
  const [one] = await Promise.all([make(folders), make(folders), make(folders)])
  assert.ok(existsSync(one.work))
  rmSync(join(folder, 'swept'), { recursive: true })
  const next = await make(folders)
  assert.ok(existsSync(next.work))
  await next.remove()
  assert.ok(!existsSync(next.work))
})

test('calls that start together after the host cleaned up have a folder each', async () => {
  const folders = createCallFolders(join(folder, 'swept-for-many'), undefined)
  const all = await Promise.all(Array.from({ length: 20 }, () => make(folders)))
  assert.equal(new Set(all.map(({ work }) => work)).size, 20)
  for (const { work } of all) assert.ok(existsSync(work))
})
