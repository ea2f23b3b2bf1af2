// The router over HTTPS, and what agents make of certificates.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newAgentKeys } from '@xerotier/devkit/bare-agent.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { type EnrollError, ensureEnrolled } from '@xerotier/link/enroll.ts'
import { httpsRequest } from '@xerotier/link/http.ts'
import { type Router, type RouterOptions, startRouter } from '@xerotier/router/router.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-https-'))
const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
const made = spawnSync('openssl', [
  'req',
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-keyout',
  key,
  '-out',
  cert,
  '-days',
  '2',
  '-subj',
  '/CN=localhost',
  '-addext',
  'subjectAltName=DNS:localhost,IP:127.0.0.1',
])
const skip = made.status === 0 ? false : 'needs the openssl program to make a certificate'

let router: Router
let options: RouterOptions
before(async () => {
  if (skip !== false) return
  options = {
    clock: systemClock,
    log: silentLog,
    stateDir: join(folder, 'state'),
    databaseUrl: (await cloneDatabase()).url,
    http: { host: '127.0.0.1', port: 0, tls: () => ({ cert: readFileSync(cert), key: readFileSync(key) }) },
    dataPlane: { address: 'tcp://127.0.0.1:0' },
    bootstrap: { slug: 'demo', keyFile: join(folder, 'api-key'), allowSelfApproval: false, owner: 'owner@localhost' },
  }
  router = await startRouter(options)
})
after(async () => {
  await router?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A call by somebody who trusts this certificate. */
function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${readFileSync(join(folder, 'api-key'), 'utf8').trim()}`,
      'content-type': 'application/json',
    }
    const sent = request(new URL(path, router.url), { method, headers, ca: readFileSync(cert) }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const enrolling = async (name: string, routerUrl: string, allowInsecure: boolean) => {
  const { body } = await call('POST', '/demo/v1/management/join-keys', { name, region: 'test' })
  return {
    clock: systemClock,
    chance: () => 0.5,
    log: silentLog,
    keys: newAgentKeys(),
    routerUrl,
    joinKey: body.key as string,
    registrationName: name,
    role: 'xem' as const,
    allowInsecure,
    enrollmentPath: join(folder, `${name}.json`),
    hostname: 'test',
    version: '0',
  }
}

test('with certificate and key the API is HTTPS', { skip }, async () => {
  assert.match(router.url, /^https:/)
  assert.equal((await call('GET', '/readyz')).status, 200)
})

test('an agent refuses a certificate that does not verify, and takes it when its operator allows it', {
  skip,
}, async () => {
  const url = new URL('/v1/enroll', router.url)
  await assert.rejects(
    httpsRequest({ method: 'POST', url, allowInsecure: false, body: {} }),
    /self[- ]signed certificate/,
  )
  const enrollment = await ensureEnrolled(await enrolling('trusting', router.url, true))
  assert.equal(enrollment.name, 'trusting')
})

test('an agent refuses a router URL that is not https', { skip }, async () => {
  await assert.rejects(
    httpsRequest({ method: 'POST', url: new URL('http://127.0.0.1:9/v1/enroll'), allowInsecure: false, body: {} }),
    /XEROTIER_AGENT_ALLOW_INSECURE/,
  )
})

test('a refused enrollment ends with the code of the router', { skip }, async () => {
  const once = await enrolling('once', router.url, true)
  await ensureEnrolled(once)
  const thief = { ...once, keys: newAgentKeys(), enrollmentPath: join(folder, 'thief.json') }
  await assert.rejects(ensureEnrolled(thief), (error: EnrollError) => error.code === 'join_key_consumed')
})

test('plain HTTP on an address that others reach does not start without leave', { skip }, async () => {
  const plain = { ...options, stateDir: join(folder, 'other'), databaseUrl: (await cloneDatabase()).url }
  await assert.rejects(startRouter({ ...plain, http: { host: '0.0.0.0', port: 0 } }), /loopback addresses only/)
})
