// The kubernetes bundle through the whole system: the real
// kubectl, run by a real agent, against the fake API server.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { kindOf } from '@xerotier/devkit/fakes/kube-apiserver/kinds.ts'
import { sampleCluster } from '@xerotier/devkit/fakes/kube-apiserver/sample-cluster.ts'
import { type KubeApiserver, startKubeApiserver } from '@xerotier/devkit/fakes/kube-apiserver/server.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

suite('kubectl through the whole system', { skip: hasKubectl() ? false : 'no kubectl on PATH' }, () => {
  let kube: KubeApiserver
  let system: System
  const workspace = 'kubernetes-staging'

  before(async () => {
    kube = await startKubeApiserver({ objects: sampleCluster })
    system = await startSystem()
    const agent = await system.addAgent({
      env: { XEM_SHIPPED_BUNDLES: 'kubernetes' },
      prepare: ({ credentials }) => kube.writeKubeconfig(join(credentials, `${workspace}.yaml`), { namespace: 'web' }),
    })
    await system.addWorkspace(workspace, 'kubernetes', [agent])
    await system.addWorkspace('kubernetes-empty', 'kubernetes', [agent])
  })
  after(async () => {
    await system.stop()
    await kube.close()
  })

  const output = async (executionId: string) =>
    (await system.client.call('executions.show', { params: { id: executionId } })).stdout

  test('a read runs at once with the credentials of its workspace', async () => {
    const execution = await system.run(workspace, 'kubectl_get', { resource: 'nodes' })
    assert.equal(execution.state, 'completed', JSON.stringify(execution.error))
    assert.equal(execution.exit_code, 0)
    assert.match(await output(execution.id), /node-1 +Ready +control-plane/)
    const pods = await system.run(workspace, 'kubectl_pod_list', { all_namespaces: true })
    assert.match(await output(pods.id), /kube-system +coredns-/)
    const budgets = await system.run(workspace, 'kubectl_pdb_list', { namespace: 'web' })
    assert.match(await output(budgets.id), /shop +2 +N\/A +1/)
  })

  test('a workspace without a kubeconfig reaches nothing, and not what listens on port 8080', async () => {
    const { id, state } = await system.run('kubernetes-empty', 'kubectl_get', { resource: 'nodes' })
    assert.equal(state, 'failed')
    const { stderr } = await system.client.call('executions.show', { params: { id } })
    assert.match(stderr, /no-kubeconfig\.invalid/)
    assert.doesNotMatch(stderr, /localhost/)
  })

  test('writes change the cluster: label, scale, apply, restart', async () => {
    const labels = { resource: 'node', name: 'node-2', labels: ['tier=gold'] }
    assert.equal((await system.run(workspace, 'kubectl_label', labels)).state, 'completed')
    const scale = { resource: 'deployment', name: 'shop', namespace: 'web', replicas: 4 }
    assert.equal((await system.run(workspace, 'kubectl_scale', scale)).state, 'completed')
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'flags', namespace: 'web' },
      data: { dark: 'true' },
    })
    const applied = await system.run(workspace, 'kubectl_apply', { manifest })
    assert.equal(applied.state, 'completed', await output(applied.id))
    const restart = { resource: 'deployment', name: 'shop', namespace: 'web' }
    assert.equal((await system.run(workspace, 'kubectl_rollout_restart', restart)).state, 'completed')
    const pods = await system.run(workspace, 'kubectl_get', { resource: 'pods', namespace: 'web', output: 'name' })
    assert.equal((await output(pods.id)).trim().split('\n').length, 4)
  })

  test('a drain waits for a person, then runs', async () => {
    const before = kube.requests.length
    const asked = await system.ask(workspace, 'kubectl_node_drain', { node: 'node-3' })
    assert.equal(asked.state, 'pending_approval')
    assert.equal(kube.requests.length, before, 'nothing reached the cluster')
    await system.client.call('approvals.reject', { params: { id: asked.approval_id! }, body: { note: 'another time' } })

    const drained = await system.runApproved(workspace, 'kubectl_node_drain', { node: 'node-3' })
    assert.equal(drained.state, 'completed', await output(drained.id))
    const pods = await system.run(workspace, 'kubectl_pod_list', { all_namespaces: true, node: 'node-3' })
    assert.doesNotMatch(await output(pods.id), /node-3/)
    const back = await system.run(workspace, 'kubectl_node_uncordon', { node: 'node-3' })
    assert.equal(back.state, 'completed')
  })

  test('a delete needs the name of its tool typed', async () => {
    const args = { resource: 'deployment', name: 'shop', namespace: 'web' }
    const asked = await system.ask(workspace, 'kubectl_delete', args)
    const approve = (body: object) =>
      system.client.call('approvals.approve', { params: { id: asked.approval_id! }, body })
    await assert.rejects(approve({}), { code: 'confirmation_required' })
    await approve({ confirm: 'kubectl_delete' })
    for (;;) {
      const { state } = await system.client.call('executions.show', { params: { id: asked.id } })
      if (state === 'completed') break
      assert.ok(['queued', 'dispatched', 'running'].includes(state), state)
    }
    assert.equal(kube.cluster.list(kindOf('apps', 'v1', 'deployments')!, 'web').length, 0)
  })

  test('what kubectl refuses is a failed execution with its words', async () => {
    const execution = await system.run(workspace, 'kubectl_describe', { resource: 'pod', name: 'nothing' })
    assert.equal(execution.state, 'failed')
    assert.equal(execution.exit_code, 1)
    const { stderr } = await system.client.call('executions.show', { params: { id: execution.id } })
    assert.match(stderr, /pods "nothing" not found/)
  })

  test('an argument that looks like an option never reaches kubectl', async () => {
    for (const name of ['--kubeconfig=/etc/passwd', '-h', 'a b']) {
      await assert.rejects(system.run(workspace, 'kubectl_describe', { resource: 'pod', name }), {
        code: 'invalid_arguments',
      })
    }
  })
})
