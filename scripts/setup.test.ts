import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-setup-'))
after(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
writeFileSync(join(folder, 'package-lock.json'), '{}')

/** Notes what it is asked for; what it would install is a Node that does nothing. */
const npm = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
appendFileSync('asked', process.argv[2] + '\\n')
if (process.argv[2] === 'install') {
  const bin = '.node/node_modules/node-' + process.platform + '-' + process.arch + '/bin'
  mkdirSync(bin, { recursive: true })
  writeFileSync(bin + '/node', '#!/bin/sh\\n', { mode: 0o755 })
}
`
writeFileSync(join(folder, 'npm.cjs'), npm)

/** What it asks npm for on a host with this Node. */
function setUp(version: string): string[] {
  writeFileSync(join(folder, 'asked'), '')
  const source = readFileSync(join(import.meta.dirname, 'setup.ts'), 'utf8')
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: folder,
    env: { PATH: process.env.PATH, npm_execpath: join(folder, 'npm.cjs') },
    input: `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })\n${source}`,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return readFileSync(join(folder, 'asked'), 'utf8').split('\n').slice(0, -1)
}

test('a folder that a new Node has set up gets one of its own when an old one comes', () => {
  mkdirSync(join(folder, 'scripts'))
  for (const script of ['build', 'dashboard']) writeFileSync(join(folder, `scripts/${script}.ts`), '')
  assert.deepEqual(setUp('24.1.0'), ['ci'])
  assert.deepEqual(setUp('24.1.0'), [])
  assert.deepEqual(setUp('20.1.0'), ['install'])
  assert.deepEqual(setUp('20.1.0'), [])
})
