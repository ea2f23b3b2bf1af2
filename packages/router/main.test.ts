import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-main-'))
after(() => rmSync(folder, { recursive: true }))

test('a TLS file that cannot be read ends it with 78 and names the setting and the file', () => {
  const readable = join(folder, 'cert.pem')
  const missing = join(folder, 'none.pem')
  writeFileSync(readable, '')
  const settings: [setting: string, cert: string, key: string, path: string, reason: string][] = [
    ['tls_cert_path', missing, readable, missing, 'ENOENT'],
    ['tls_key_path', readable, missing, missing, 'ENOENT'],
    ['tls_key_path', readable, folder, folder, 'EISDIR'],
  ]
  for (const [setting, cert, key, path, reason] of settings) {
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      encoding: 'utf8',
      env: { XEROTIER_STATE_DIR: folder, XEROTIER_TLS_CERT_PATH: cert, XEROTIER_TLS_KEY_PATH: key },
      timeout: 60_000,
    })
    assert.equal(stderr, `xerotier-router: ${setting}: ${path} cannot be read (${reason})\n`)
    assert.equal(status, 78)
  }
})
