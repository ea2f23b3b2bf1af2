import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetricsRegistry, serveMetrics } from './metrics.ts'

test('metrics and health are served on a free port, and nothing else', async () => {
  let flaw: string | undefined
  const server = await serveMetrics({
    registry: createMetricsRegistry(),
    host: '127.0.0.1',
    port: 0,
    flaw: () => flaw,
  })
  const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method })
  const metrics = await get('/metrics')
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.equal(metrics.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(metrics.headers.get('cache-control'), 'no-store')
  assert.match(await metrics.text(), /^process_cpu_seconds_total /m)
  assert.equal((await get('/healthz')).status, 200)
  flaw = 'not connected'
  assert.equal((await get('/healthz')).status, 503)
  assert.equal((await get('/other')).status, 404)
  assert.equal((await get('/metrics', 'POST')).status, 405)
  await assert.rejects(
    serveMetrics({ registry: createMetricsRegistry(), host: '127.0.0.1', port: server.port, flaw: () => undefined }),
    { code: 'EADDRINUSE' },
  )
  await server.close()
  await assert.rejects(get('/metrics'))
})
