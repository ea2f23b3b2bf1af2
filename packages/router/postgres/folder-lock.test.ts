import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { lockFolder } from './folder-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-lock-'))
after(() => rmSync(folder, { recursive: true }))

test('a lock that nobody refers to holds through garbage collection', () => {
  const forgotten = join(folder, 'forgotten')
  mkdirSync(forgotten)
  lockFolder(forgotten)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 5; round++) collect()
  assert.throws(() => lockFolder(forgotten), new RegExp(`another process \\(pid ${process.pid}\\)`))
})

test('a released lock can be taken again', () => {
  lockFolder(folder).release()
  lockFolder(folder).release()
})

test('others can neither read nor take it', () => {
  lockFolder(folder).release()
  assert.equal(statSync(join(folder, 'router.lock')).mode & 0o777, 0o600)
})
