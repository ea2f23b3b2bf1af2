import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { execution } from './records.fixture.ts'
import { emptyFolder, envFor, xeroctl } from './run.fixture.ts'

test('text that is not UTF-8 is refused by name, and nothing is sent', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 202, execution()))
  t.after(() => server.close())
  const folder = emptyFolder(t)
  const path = join(folder, 'args.json')
  const bytes = Buffer.from('{"name": "M\u00fcller"}', 'latin1')
  writeFileSync(path, bytes)
  const invoke = ['exec', 'invoke', '--no-wait', '--workspace', 'w', '--tool', 't', '--args']
  for (const [source, words] of [
    [path, [...invoke, `@${path}`]],
    ['stdin', [...invoke, '-']],
    ['stdin', ['config', 'add', 'x', '--base-url', server.baseUrl, '--api-key-stdin']],
  ] as const) {
    const { code, stderr } = await xeroctl(t, words, { env: envFor(server), stdin: bytes })
    assert.equal(code, 2, stderr)
    assert.ok(stderr.startsWith(`error: ${source} is not UTF-8\n`), stderr)
  }
  assert.equal(server.seen.length, 0)
})

test('arguments in UTF-8 arrive whole, also behind a byte order mark', async (t) => {
  const server = await scriptedServer((_, response) => json(response, 202, execution()))
  t.after(() => server.close())
  const path = join(emptyFolder(t), 'args.json')
  writeFileSync(path, '\uFEFF{"name": "M\u00fcller"}')
  const words = ['exec', 'invoke', '--no-wait', '--workspace', 'w', '--tool', 't', '--args', `@${path}`]
  assert.equal((await xeroctl(t, words, { env: envFor(server) })).code, 0)
  assert.deepEqual((server.seen[0]!.body as { args: unknown }).args, { name: 'M\u00fcller' })
})

test('a configuration that is not UTF-8 is refused and stays as it is', async (t) => {
  const home = emptyFolder(t)
  const path = join(home, '.config/xeroctl/config.toml')
  mkdirSync(join(home, '.config/xeroctl'), { recursive: true })
  const bytes = Buffer.from('note = "M\u00fcller"\n', 'latin1')
  writeFileSync(path, bytes, { mode: 0o600 })
  const words = ['config', 'add', 'x', '--base-url', 'http://r/p/v1', '--api-key', 'xero_p_1']
  const { code, stderr } = await xeroctl(t, words, { home })
  assert.equal(code, 2)
  assert.ok(stderr.startsWith(`error: ${path} is not UTF-8\n`), stderr)
  assert.deepEqual(readFileSync(path), bytes)
})
