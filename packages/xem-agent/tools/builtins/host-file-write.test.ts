import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'xem-write-'))
after(() => rmSync(folder, { recursive: true }))

/**
 * Writes in a process that can make no file larger than 4 blocks, 2 to 4 KiB: what fills a disk
 * does the same.
 */
function writeWithin4Blocks(path: string, bytes: number) {
  const program = `
    import { fileWrite } from '${import.meta.resolve('./host-file-write.ts')}'
    const args = { path: process.argv[1], content: 'x'.repeat(${bytes}), overwrite: true }
    try {
      console.log(JSON.stringify(fileWrite(['${folder}'])({ args, executionId: 'exec-1' })))
    } catch (error) {
      console.log(error.message)
    }`
  const node = [process.execPath, '--input-type=module', '-e', program, path]
  const done = spawnSync('sh', ['-c', 'ulimit -f 4; exec "$@"', 'sh', ...node], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr)
  return done.stdout.trim()
}

test('a file that cannot be written whole is not written: the old one stays, and nothing is left beside it', () => {
  const path = join(folder, 'old.txt')
  writeFileSync(path, 'as it was')
  assert.equal(writeWithin4Blocks(path, 9000), 'The file cannot be written (EFBIG).')
  assert.equal(readFileSync(path, 'utf8'), 'as it was')
  assert.equal(writeWithin4Blocks(join(folder, 'new.txt'), 9000), 'The file cannot be written (EFBIG).')
  assert.deepEqual(readdirSync(folder), ['old.txt'])

  assert.deepEqual(JSON.parse(writeWithin4Blocks(path, 1000)).result, {
    path,
    bytes: 1000,
    backup: `${path}.exec-1.bak`,
  })
  assert.equal(readFileSync(path, 'utf8').length, 1000)
})
