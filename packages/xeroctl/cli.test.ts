import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { approval, execution } from './records.fixture.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

test('a suggested command goes to the router that this one went to', async (t) => {
  const server = await scriptedServer(({ path }, response) =>
    path.includes('approvals') ? json(response, 200, approval({ id: 'ap' })) : json(response, 202, execution()),
  )
  t.after(() => server.close())
  const home = emptyFolder(t)
  mkdirSync(join(home, '.config/xeroctl'), { recursive: true })
  const tables = ['prod', "it's"].map(
    (name) => `[deployment."${name}"]\nbase_url = "${server.baseUrl}"\napi_key = "k"\n`,
  )
  writeFileSync(join(home, '.config/xeroctl/config.toml'), `current = "prod"\n${tables.join('')}`, { mode: 0o600 })
  const called: [globals: string[], self: string][] = [
    [[], 'xeroctl'],
    [['--context', 'prod'], 'xeroctl --context prod'],
    [['--context', "it's"], "xeroctl --context 'it'\\''s'"],
    [['--base-url', server.baseUrl], `xeroctl --base-url ${server.baseUrl}`],
    [['--context', 'prod', '--base-url', server.baseUrl], `xeroctl --context prod --base-url ${server.baseUrl}`],
  ]
  for (const [globals, self] of called) {
    for (const words of [
      [...globals, 'exec', 'cancel', 'exe_1'],
      ['exec', 'invoke', '--workspace', 'w', '--tool', 't', '--no-wait', ...globals],
    ]) {
      const { stderr } = await xeroctl(t, words, { home })
      assert.ok(stderr.includes(`: ${self} exec watch exe_1\n`), stderr)
    }
    const shown = await xeroctl(t, [...globals, 'approvals', 'show', 'ap'], { home, terminal: 80 })
    assert.ok(shown.stderr.includes(`approve:  ${self} approvals approve ap\n`), shown.stderr)
  }
})
