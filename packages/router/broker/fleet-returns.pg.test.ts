// A fleet that comes back all at once after its router died.
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

const agents = 150

test('a fleet that returns at once is let in as it can be, and nobody waits for a welcome in vain', {
  timeout: 120_000,
}, async () => {
  const system = await startRouterForTests()
  const settings = { baseUrl: `${system.router.url}/demo/v1`, apiKey: system.apiKey, agents, logLevel: 'info' }
  const links = fork(join(import.meta.dirname, '../../../bench/processes/links.ts'), {
    env: { ...process.env, XEROTIER_BENCH_SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let said = ''
  links.stderr?.on('data', (data) => {
    said += data
  })
  try {
    await once(links, 'message')
    await system.restart()
    const from = performance.now()
    await until('all agents to be back', () => [...system.router.core.fleet.all()].length === agents || undefined)
    const seconds = (performance.now() - from) / 1000
    assert.ok(seconds < 30, `${agents} agents were back after ${seconds.toFixed(1)} s`)
    assert.doesNotMatch(said, /no welcome within/)
  } finally {
    links.kill('SIGKILL')
    await system.stop()
  }
})
