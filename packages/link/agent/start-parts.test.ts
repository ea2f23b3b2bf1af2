import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createMetricsRegistry } from '@xerotier/runtime/metrics.ts'
import { agentOptions } from './settings.ts'
import { openMetrics } from './start-parts.ts'

const names = agentOptions({
  program: 'a',
  prefix: 'A_',
  home: '/nowhere',
  metricsPort: { variable: 'A_METRICS_PORT', port: 1 },
})

test('a metrics port that is taken is named with its setting', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await assert.rejects(
    openMetrics({ registry: createMetricsRegistry(), host: '127.0.0.1', port, flaw: () => undefined }, names),
    {
      exitCode: 1,
      message: new RegExp(`^the metrics port ${port} at 127\\.0\\.0\\.1 is taken: A_METRICS_PORT names another`),
    },
  )
  other.close()
})
