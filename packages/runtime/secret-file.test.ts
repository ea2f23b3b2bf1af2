import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs, { fstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, mock, test } from 'node:test'
import { readSecretFile, writeSecretFile } from './secret-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-secret-'))
after(() => rmSync(folder, { recursive: true }))

test('a secret is written for its owner alone, and replaced whole', () => {
  const path = join(folder, 'replaced')
  writeSecretFile(path, 'one')
  writeSecretFile(path, 'two')
  assert.equal(readSecretFile(path), 'two')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  rmSync(path)
  assert.equal(readSecretFile(path), undefined)
})

test('a secret that cannot be written whole is not written: the old one stays, and no part of the new one', () => {
  const path = join(folder, 'kept')
  writeSecretFile(path, 'as it was')
  const program = `
    import { writeSecretFile } from '${import.meta.resolve('./secret-file.ts')}'
    try {
      writeSecretFile(process.argv[1], 'x'.repeat(9000))
    } catch (error) {
      console.log(error.code)
    }`
  // No file larger than 4 blocks, 2 to 4 KiB: what fills a disk does the same.
  const node = [process.execPath, '--input-type=module', '-e', program, path]
  const done = spawnSync('sh', ['-c', 'ulimit -f 4; exec "$@"', 'sh', ...node], { encoding: 'utf8' })
  assert.equal(done.stdout, 'EFBIG\n', done.stderr)
  assert.equal(readSecretFile(path), 'as it was')
  assert.deepEqual(readdirSync(folder), ['kept'])
})

test('a secret is on disk before it has its name, and its name before the write returns', () => {
  const path = join(folder, 'synced')
  writeSecretFile(path, 'one')
  const synced: { folder: boolean; bytes: number; named: string }[] = []
  const fsync = mock.method(fs, 'fsyncSync', (file: number) => {
    const stat = fstatSync(file)
    synced.push({ folder: stat.isDirectory(), bytes: stat.isFile() ? stat.size : 0, named: readFileSync(path, 'utf8') })
  })
  // What was imported by name follows what the module holds only when told to.
  syncBuiltinESMExports()
  try {
    writeSecretFile(path, 'the second')
  } finally {
    fsync.mock.restore()
    syncBuiltinESMExports()
  }
  assert.deepEqual(synced, [
    { folder: false, bytes: 10, named: 'one' },
    { folder: true, bytes: 0, named: 'the second' },
  ])
  rmSync(path)
})
