import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { refusal, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

const secret = 'AbCdEf'.padEnd(43, 'x')
const key = `xero_demo_${secret}`

test('a refusal says which key was sent and where it came from, and not the key', async (t) => {
  for (const [status, code] of [
    [401, 'authentication_error'],
    [403, 'scope_insufficient'],
    [403, 'cross_project_access'],
    [403, 'ip_not_allowed'],
    [429, 'quota_exceeded'],
  ] as const) {
    const server = await scriptedServer((_, response) => refusal(response, status, code, { retry_after: 600 }))
    t.after(() => server.close())
    const home = emptyFolder(t)
    mkdirSync(join(home, '.config/xeroctl'), { recursive: true })
    const path = join(home, '.config/xeroctl/config.toml')
    const content = `current = "prod"\n[deployment.prod]\nbase_url = "${server.baseUrl}"\napi_key = "${key}"\n`
    writeFileSync(path, content, { mode: 0o600 })
    const said = async (words: string[], env: Record<string, string> = {}) => {
      const { stderr } = await xeroctl(t, ['agents', ...words], { home, env })
      assert.ok(!stderr.includes(secret), stderr)
      return stderr
    }
    const shown = 'The key was xero_demo_AbCdEf****, from'
    assert.ok((await said([])).endsWith(` ${shown} ${path} (context prod).\n`), await said([]))
    assert.ok((await said(['--api-key', key])).endsWith(` ${shown} --api-key.\n`))
    assert.ok((await said([], { XEROTIER_API_KEY: key })).endsWith(` ${shown} XEROTIER_API_KEY.\n`))
    const enveloped = JSON.parse(await said(['-o', 'json']))
    assert.ok(enveloped.error.hint.includes(shown))
  }
})

test('a refusal of a call without a key says that none was given', async (t) => {
  const server = await scriptedServer((_, response) => refusal(response, 401, 'authentication_error'))
  t.after(() => server.close())
  const { stderr } = await xeroctl(t, ['agents', '--base-url', server.baseUrl])
  assert.match(stderr, / No API key was given\.\n$/)
})
