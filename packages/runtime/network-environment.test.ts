import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, type TestContext, test } from 'node:test'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-network-'))
after(() => rmSync(folder, { recursive: true }))
const certFile = join(folder, 'cert.pem')
const tls = selfSigned(['router.example', 'localhost'])
writeFileSync(certFile, tls?.cert ?? '')
const skip = tls === undefined ? withoutOpenssl : false

async function listening(t: TestContext, server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections?.()
  })
  return (server.address() as AddressInfo).port
}

/** A server for `router.example`, and a proxy that knows where that is. */
async function places(t: TestContext) {
  const secure = createSecureServer(tls ?? {}, (_request, response) => response.end('{"hello":"you"}'))
  secure.on('tlsClientError', () => {})
  const port = await listening(t, secure)
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(String(request.url))
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    for (const end of [socket, onward]) end.on('error', () => onward.destroy())
  })
  return { port, asked, proxy: `http://127.0.0.1:${await listening(t, proxy)}` }
}

/** What a process with this environment gets from the URL, by both ways that our programs ask. */
async function ask(env: Record<string, string>, url: string) {
  const script = `
    const { useNetworkEnvironment } = await import(${JSON.stringify(import.meta.resolve('./network-environment.ts'))})
    const { request } = await import('node:https')
    const said = (error) => error.cause?.code ?? error.code ?? error.message
    try {
      useNetworkEnvironment(process.env)
      const one = await fetch(process.argv[1]).then((answer) => answer.text()).catch(said)
      const other = await new Promise((resolve) => request(process.argv[1], (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode))
      }).on('error', (error) => resolve(said(error))).end())
      console.log(JSON.stringify([one, other]))
    } catch (error) { console.log(JSON.stringify([error.message])) }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, url], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout))
}

const good = ['{"hello":"you"}', 200]

test('HTTPS_PROXY is asked for every host but those of NO_PROXY and this one', {
  skip,
  timeout: 180_000,
}, async (t) => {
  const { port, asked, proxy } = await places(t)
  const trusting = { NODE_EXTRA_CA_CERTS: certFile }
  assert.deepEqual(await ask({ ...trusting, HTTPS_PROXY: proxy }, `https://router.example:${port}`), good)
  assert.deepEqual(await ask({ ...trusting, https_proxy: proxy }, `https://router.example:${port}`), good)
  assert.deepEqual(new Set(asked), new Set([`router.example:${port}`]))
  const before = asked.length
  const avoiding = { ...trusting, HTTPS_PROXY: proxy, NO_PROXY: '.example' }
  assert.deepEqual(await ask(avoiding, `https://router.example:${port}`), ['ENOTFOUND', 'ENOTFOUND'])
  assert.deepEqual(await ask({ ...trusting, HTTPS_PROXY: proxy }, `https://localhost:${port}`), good)
  assert.equal(asked.length, before)
})

test('NODE_EXTRA_CA_CERTS and SSL_CERT_FILE say whom to trust', { skip, timeout: 180_000 }, async (t) => {
  const { port } = await places(t)
  const url = `https://localhost:${port}`
  const untrusted = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'DEPTH_ZERO_SELF_SIGNED_CERT']
  assert.deepEqual(await ask({}, url), untrusted)
  assert.deepEqual(await ask({ SSL_CERT_FILE: certFile }, url), good)
  assert.deepEqual(await ask({ NODE_EXTRA_CA_CERTS: certFile }, url), good)
  const other = join(folder, 'other.pem')
  writeFileSync(other, (await import('node:tls')).rootCertificates[0] ?? '')
  assert.deepEqual(await ask({ SSL_CERT_FILE: other }, url), untrusted)
  assert.deepEqual(await ask({ SSL_CERT_FILE: other, NODE_EXTRA_CA_CERTS: certFile }, url), good)
})

test('what cannot be used is named by its variable', async () => {
  const url = 'https://localhost:1'
  const empty = join(folder, 'empty.pem')
  writeFileSync(empty, 'nothing')
  const wrong = join(folder, 'wrong.pem')
  writeFileSync(wrong, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  assert.deepEqual(await ask({ SSL_CERT_FILE: '/none' }, url), ['SSL_CERT_FILE: /none cannot be read (ENOENT)'])
  assert.deepEqual(await ask({ SSL_CERT_FILE: empty }, url), [`SSL_CERT_FILE: ${empty} holds no certificate`])
  assert.deepEqual(await ask({ SSL_CERT_FILE: wrong }, url), [
    `SSL_CERT_FILE: ${wrong} holds a certificate that cannot be read`,
  ])
  assert.deepEqual(await ask({ HTTPS_PROXY: 'u:s3cret@host' }, url), ['HTTPS_PROXY must be an http or https URL'])
})
