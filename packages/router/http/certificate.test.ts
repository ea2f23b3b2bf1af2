import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { selfSigned, withoutOpenssl } from '@xerotier/devkit/self-signed.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { Registry } from 'prom-client'
import { type Certificate, expiryOf, keepCertificate } from './certificate.ts'

const [one, other, short] = [selfSigned(['one']), selfSigned(['other']), selfSigned(['short'], 3)]
const skip = one === undefined ? withoutOpenssl : false

/** A server whose certificate is what `files` holds. */
async function serving(t: TestContext, first: Certificate) {
  const files = { now: first }
  const lines: Record<string, unknown>[] = []
  const log = createLog({
    level: 'info',
    name: 't',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  const clock = settableClock(Date.now())
  const registry = new Registry()
  const server = createServer(first, (_request, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const keeper = keepCertificate({ clock, log, registry }, server, { first, read: () => files.now })
  t.after(() => {
    keeper.close()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    files,
    lines,
    clock,
    keeper,
    metrics: () => registry.metrics(),
    name: () =>
      new Promise<string | undefined>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.end()
        })
        socket.on('error', reject)
      }),
  }
}
const said = (lines: Record<string, unknown>[]) => lines.map(({ level, msg }) => `${level}: ${msg}`)

test('a certificate that was replaced is served without a restart, by itself and when told', { skip }, async (t) => {
  if (one === undefined || other === undefined) return
  const { files, clock, keeper, name, metrics } = await serving(t, one)
  assert.equal(await name(), 'one')
  files.now = other
  assert.equal(await name(), 'one')
  await clock.advance(30_000)
  assert.equal(await name(), 'other')
  files.now = one
  keeper.renew()
  assert.equal(await name(), 'one')
  const expiry = /^xerotier_router_certificate_expiry_timestamp_seconds (\S+)$/m.exec(await metrics())?.[1]
  assert.equal(Number(expiry), expiryOf(one) / 1000)
})

test('files that are half replaced change nothing, and are taken once they are whole', { skip }, async (t) => {
  if (one === undefined || other === undefined) return
  const { files, clock, keeper, name, lines } = await serving(t, one)
  files.now = { cert: other.cert, key: one.key }
  assert.throws(() => keeper.renew(), /key is not that of the certificate/)
  await clock.advance(90_000)
  assert.equal(await name(), 'one')
  assert.deepEqual(said(lines), ['error: the certificate cannot be read again; the one before stays'])
  files.now = other
  await clock.advance(30_000)
  assert.equal(await name(), 'other')
})

test('a certificate that expires soon, or has expired, is warned of every day', { skip }, async (t) => {
  if (short === undefined) return
  const { lines, clock } = await serving(t, short)
  assert.deepEqual(said(lines), ['warning: the certificate of the HTTP API expires soon'])
  await clock.leap(24 * 3600_000)
  assert.equal(said(lines).length, 2)
  await clock.leap(72 * 3600_000)
  assert.equal(said(lines).at(-1), 'error: the certificate of the HTTP API has expired')
})
