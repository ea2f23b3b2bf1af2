import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileReason } from './file-reason.ts'
import { makeFolder } from './make-folder.ts'
import { StartError } from './start-error.ts'

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'make-folder-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Another user, who owns nothing here. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0

function asNobody<T>(work: () => T): T {
  process.seteuid?.(nobody)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
  }
}

test('a folder and what is missing above it are made with the mode, and the first that was made is told', (t) => {
  const top = emptyFolder(t)
  assert.equal(makeFolder(join(top, 'a/b/c'), 0o700), join(top, 'a'))
  for (const path of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(top, path)).mode & 0o777, 0o700)
  assert.equal(makeFolder(join(top, 'a/b/c')), undefined)
  assert.equal(makeFolder(join(top, 'a/b/c/d')), join(top, 'a/b/c/d'))
})

test('where nothing can be made that is said at once', () => {
  assert.throws(
    () => makeFolder('/proc/.config/xeroctl'),
    /^StartError: .*\/proc\/\.config\/xeroctl cannot be made: nothing can be made in \/proc/,
  )
})

test('a file in the way is named', (t) => {
  const top = emptyFolder(t)
  writeFileSync(join(top, 'file'), '')
  assert.throws(() => makeFolder(join(top, 'file')), /file is a file where a folder must be$/)
  assert.throws(() => makeFolder(join(top, 'file/inner')), /part of .*inner is a file and no folder$/)
})

test('of a folder of another owner it is said whose it is', { skip: !isRoot && 'needs root' }, (t) => {
  const top = emptyFolder(t)
  chmodSync(top, 0o755)
  const wanted = join(top, 'state/deep')
  const { exitCode, message } = asNobody(() => {
    try {
      makeFolder(wanted)
    } catch (error) {
      if (error instanceof StartError) return error
    }
    throw new Error('it was made')
  })
  assert.equal(
    message,
    `the folder ${wanted} cannot be made: user ${nobody} may not read or change ${top}, which belongs to user 0`,
  )
  assert.equal(exitCode, 78)
})

test('of a file behind folders that may not be entered, the nearest that may be seen is named', {
  skip: !isRoot && 'needs root',
}, (t) => {
  const top = emptyFolder(t)
  makeFolder(join(top, 'closed/inner'), 0o700)
  chmodSync(top, 0o755)
  const reason = asNobody(() => {
    try {
      return readFileSync(join(top, 'closed/inner/file'), 'utf8')
    } catch (error) {
      return fileReason(error)
    }
  })
  assert.equal(reason, `user ${nobody} may not read or change ${join(top, 'closed')}, which belongs to user 0`)
})
