import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'

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
      env: {
        ...childEnvironment(),
        XEROTIER_STATE_DIR: folder,
        XEROTIER_TLS_CERT_PATH: cert,
        XEROTIER_TLS_KEY_PATH: key,
      },
      timeout: 180_000,
    })
    assert.equal(stderr, `xerotier-router: ${setting}: ${path} cannot be read (${reason})\n`)
    assert.equal(status, 78)
  }
})

test('an address that cannot be parsed ends it with 78 and names the setting, not the secret', () => {
  const wrong: [setting: string, variable: string, value: string][] = [
    ['database_url', 'XEROTIER_DATABASE_URL', 'postgres://u:s3cret@[::1/db'],
    ['data_plane', 'XEROTIER_DATA_PLANE', 'tcp://127.0.0.1:99999'],
    ['http_host', 'XEROTIER_HTTP_HOST', 'no such host'],
    ['trusted_proxies', 'XEROTIER_TRUSTED_PROXIES', '10.0.0.0/99'],
    ['encryption_key', 'XEROTIER_COMPLETION_ENCRYPTION_KEY', 's3cret'],
    ['encryption_key', 'XEROTIER_COMPLETION_ENCRYPTION_KEY', `${'ab'.repeat(32)},s3cret`],
  ]
  for (const [setting, variable, value] of wrong) {
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      encoding: 'utf8',
      env: { ...childEnvironment(), XEROTIER_STATE_DIR: folder, [variable]: value },
      timeout: 180_000,
    })
    assert.match(stderr, new RegExp(`^xerotier-router: ${setting} \\(env ${variable}\\) must `))
    assert.doesNotMatch(stderr, /s3cret/)
    assert.equal(status, 78)
  }
})

test('a database elsewhere needs a key for the secrets in it', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    encoding: 'utf8',
    env: { ...childEnvironment(), XEROTIER_STATE_DIR: folder, XEROTIER_DATABASE_URL: 'postgres://127.0.0.1:1/none' },
    timeout: 180_000,
  })
  assert.match(stderr, /XEROTIER_COMPLETION_ENCRYPTION_KEY/)
  assert.equal(status, 78)
})

test('a variable that looks like a setting of ours and is none is warned about', () => {
  const { stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    encoding: 'utf8',
    env: {
      ...childEnvironment(),
      XEROTIER_STATE_DIR: '/proc/none',
      XEROTIER_QUEUE_SECOND: '5',
      XEROTIER_API_KEY: 'of xeroctl',
      XEROTIER_DATABASE_URL: 'postgres://127.0.0.1:1/none',
      XEROTIER_COMPLETION_ENCRYPTION_KEY: 'ab'.repeat(32),
    },
    timeout: 180_000,
  })
  const warnings = stderr.split('\n').filter((line) => line.includes('"level":"warning"'))
  assert.deepEqual(
    warnings.map((line) => JSON.parse(line).msg),
    ['environment variable XEROTIER_QUEUE_SECOND is not read by this program'],
  )
})

test('a certificate and a key that are no pair end it with 78', () => {
  const [cert, key] = [join(folder, 'no-cert.pem'), join(folder, 'no-key.pem')]
  writeFileSync(cert, 'none')
  writeFileSync(key, 'none')
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    encoding: 'utf8',
    env: {
      ...childEnvironment(),
      XEROTIER_STATE_DIR: folder,
      XEROTIER_TLS_CERT_PATH: cert,
      XEROTIER_TLS_KEY_PATH: key,
    },
    timeout: 180_000,
  })
  assert.match(stderr, /^xerotier-router: tls_cert_path and tls_key_path cannot be used: /)
  assert.equal(status, 78)
})
