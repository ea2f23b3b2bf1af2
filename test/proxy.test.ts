// What talks to the router from far away goes through the proxy that its environment names.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { childEnvironment } from '@xerotier/devkit/child-environment.ts'

const packages = join(import.meta.dirname, '../packages')

/** A proxy that lets nobody through; resolves with where the first one wanted to go. */
async function proxy(t: TestContext) {
  const asked = Promise.withResolvers<string>()
  const server = createServer()
  server.on('connect', (request, socket) => {
    socket.on('error', () => {})
    asked.resolve(String(request.url))
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { asked: asked.promise, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

for (const [name, script, words, settings] of [
  ['xeroctl', 'xeroctl/main.ts', ['workspaces', 'list'], {}],
  [
    'the agent',
    'xem-agent/main.ts',
    [],
    { XEM_ROUTER_URL: 'https://router.example', XEM_REGISTRATION_NAME: 'far', XEM_METRICS_HOST: '127.0.0.1' },
  ],
] as const) {
  test(`${name} reaches the router through HTTPS_PROXY`, { timeout: 180_000 }, async (t) => {
    const { asked, url } = await proxy(t)
    const home = mkdtempSync(join(tmpdir(), 'xerotier-proxy-'))
    // A join key says where the data plane is; nobody has looked at its signature yet.
    const claims = Buffer.from(JSON.stringify({ router_addr: 'tcp://router.example:5555', role: 'xem' }))
    const child = spawn(process.execPath, [join(packages, script), ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...childEnvironment(),
        HOME: home,
        HTTPS_PROXY: url,
        XEROTIER_BASE_URL: 'https://router.example/demo/v1',
        XEROTIER_API_KEY: `xero_demo_${'a'.repeat(40)}`,
        XEM_JOIN_KEY: `xjk.${claims.toString('base64url')}.c2ln`,
        XEROTIER_XEM_METRICS_PORT: '0',
        XEM_STATE_DIR: home,
        ...settings,
      },
    })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    const ended = once(child, 'exit').then(() => said)
    assert.equal(await Promise.race([asked, ended]), 'router.example:443')
    child.kill('SIGKILL')
    await ended
    rmSync(home, { recursive: true })
  })
}
