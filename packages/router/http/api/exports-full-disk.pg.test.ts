// An export onto a disk that is full: a file system of its own that has room for nothing.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

const span = { since: '2020-01-01T00:00:00.000Z', until: '2100-01-01T00:00:00.000Z' }

/** @returns why nobody can, here */
function mountSmall(folder: string): string | false {
  const { status, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'xerotier-full', folder])
  return status === 0 ? false : `a file system cannot be mounted here (${error?.message ?? `mount: ${status}`})`
}

function mayMount(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-mount-'))
  const refused = mountSmall(folder)
  if (refused === false) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return refused
}

test('an export onto a full disk fails, says why, leaves nothing, and the next is made', {
  skip: mayMount(),
}, async (t) => {
  const own = await startRouterForTests()
  t.after(() => own.stop())
  const folder = join(own.stateDir, 'exports')
  mkdirSync(folder, { recursive: true })
  const makeOne = async () => {
    const { id } = await own.client.call('exports.create', { body: { type: 'audit', ...span, format: 'ndjson' } })
    return until('the export', async () => {
      const { state, error } = await own.client.call('exports.show', { params: { id } })
      return state === 'completed' || state === 'failed' ? [state, error] : undefined
    })
  }
  assert.equal(mountSmall(folder), false)
  try {
    // The file system has one page, and this takes it.
    writeFileSync(join(folder, 'other'), Buffer.alloc(4096))
    assert.deepEqual(await makeOne(), ['failed', 'The disk of the router is full.'])
    assert.deepEqual(readdirSync(folder), ['other'])
  } finally {
    spawnSync('umount', ['--lazy', folder])
  }
  assert.deepEqual(await makeOne(), ['completed', null])
})
