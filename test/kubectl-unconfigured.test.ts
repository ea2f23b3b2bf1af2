// kubectl where nobody gave it a cluster.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { startSystem } from '@xerotier/devkit/system.ts'

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('without a kubeconfig kubectl reaches nothing, and not what listens on port 8080', {
  skip: hasKubectl() ? false : 'no kubectl on PATH',
}, async () => {
  const system = await startSystem()
  try {
    const agent = await system.addAgent({ env: { XEM_SHIPPED_BUNDLES: 'kubernetes' } })
    await system.addWorkspace('kubernetes-empty', 'kubernetes', [agent])
    const { id, state } = await system.run('kubernetes-empty', 'kubectl_get', { resource: 'nodes' })
    assert.equal(state, 'failed')
    const { stderr } = await system.client.call('executions.show', { params: { id } })
    assert.match(stderr, /no-kubeconfig\.invalid/)
    assert.doesNotMatch(stderr, /localhost/)
  } finally {
    await system.stop()
  }
})
