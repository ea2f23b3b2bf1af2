// Guide 3, as written. Who asks is an automation with a key of
// its own; who decides is the operator that the guide is for.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { kindOf } from '@xerotier/devkit/fakes/kube-apiserver/kinds.ts'
import { sampleCluster } from '@xerotier/devkit/fakes/kube-apiserver/sample-cluster.ts'
import { type KubeApiserver, startKubeApiserver } from '@xerotier/devkit/fakes/kube-apiserver/server.ts'
import { pause } from '@xerotier/devkit/faults/pause.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import { linkTo, type MailServer, startMailServer } from '@xerotier/router/domain/notifications/mail-server.fixture.ts'
import { path, walkGuide } from './walk.ts'

const workspace = 'kubernetes-prod'
const home = mkdtempSync(join(tmpdir(), 'xerotier-guide-'))
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
let kube: KubeApiserver
let system: System
let automation: Client
let mails: MailServer
const cleanups: (() => unknown)[] = []

before(async () => {
  if (!hasKubectl) return
  kube = await startKubeApiserver({ objects: sampleCluster })
  mails = await startMailServer({ after: (cleanup) => void cleanups.push(cleanup as () => unknown) })
  system = await startSystem({
    mail: { url: mails.url, from: 'xem@example.com' },
    linkSecret: 'a secret of the tests, long enough for it',
  })
  const agent = await system.addAgent({
    env: { XEM_SHIPPED_BUNDLES: 'kubernetes' },
    prepare: ({ credentials }) => kube.writeKubeconfig(join(credentials, `${workspace}.yaml`)),
  })
  await system.addWorkspace(workspace, 'kubernetes', [agent])
  await system.client.call('project.update', { body: { allow_self_approval: false } })
  const { key } = await system.client.call('apiKeys.create', { body: { name: 'automation', scopes: ['execution'] } })
  automation = createClient({ baseUrl: `${system.client.origin}/demo/v1`, apiKey: key })
})
after(async () => {
  await system?.stop()
  await kube?.close()
  for (const cleanup of cleanups) await cleanup()
  rmSync(home, { recursive: true, force: true })
})

async function ask(tool: string, args: Record<string, unknown>): Promise<{ id: string; approval: string }> {
  const { id, approval_id } = await automation.call('invocations.submit', { body: { workspace, tool, args } })
  return { id, approval: approval_id! }
}

const ended = (id: string, state: string) =>
  until(`the call to be ${state}`, async () => {
    const execution = await system.client.call('executions.show', { params: { id } })
    return execution.state === state ? execution : undefined
  })

test('guide 3: list, inspect, watch, approve and reject, a policy that escalates, and a link from a mail', {
  skip: !hasKubectl && 'no kubectl on PATH',
}, async (t) => {
  const env = {
    PATH: path,
    HOME: home,
    XEROTIER_BASE_URL: `${system.client.origin}/demo/v1`,
    XEROTIER_API_KEY: system.router.apiKey,
  }
  const walk = walkGuide('3-manage-approvals.md', { workstation: { cwd: home, env } }, (commands) =>
    // So that nobody waits for five minutes.
    commands.replace('seconds: 300', 'seconds: 10'),
  )
  t.after(() => walk.stop())
  const drain = await ask('kubectl_node_drain', { node: 'node-3' })
  const unwanted = await ask('kubectl_node_drain', { node: 'node-1' })
  const removal = await ask('kubectl_delete', { resource: 'deployment', name: 'shop', namespace: 'web' })
  Object.assign(walk.values, {
    wid: workspace,
    reason: 'in the change window',
    'approval-id': drain.approval,
    'other-approval-id': unwanted.approval,
    'irreversible-approval-id': removal.approval,
  })
  const own = automation.call('approvals.approve', { params: { id: drain.approval }, body: {} })
  await assert.rejects(own, { code: 'self_approval' })

  for (const listed of [(await walk.run()).stdout, (await walk.run()).stdout]) {
    assert.match(listed, new RegExp(`${drain.approval} +pending +destructive +kubectl_node_drain`))
    assert.match(listed, new RegExp(`${removal.approval} +pending +irreversible +kubectl_delete`))
  }
  const shown = (await walk.run()).stdout
  assert.match(shown, /Prompt: +Run kubectl_node_drain \(destructive\) with \{"node":"node-3"/)
  assert.match(shown, /Times out: +\S+ \(in 1[45]m/)
  assert.match(shown, /Digest: +[0-9a-f]{64}/)

  const watch = await walk.start()
  const seen: string[] = []
  await until('the stream to be open', async () => {
    seen.push((await ask('kubectl_node_drain', { node: 'node-2' })).id)
    await pause(100) // a few requests are enough
    return watch.output().stdout.includes('\n') ? true : undefined
  })

  assert.match((await walk.run()).stdout, /approved: kubectl_node_drain in kubernetes-prod/)
  const drained = await ended(drain.id, 'completed')
  assert.equal(drained.approvals[0]!.note, 'in the change window')
  assert.equal(kube.cluster.get(kindOf('', 'v1', 'nodes')!, undefined, 'node-3').spec?.unschedulable, true)

  await walk.run()
  await ended(unwanted.id, 'rejected')
  assert.notEqual(kube.cluster.get(kindOf('', 'v1', 'nodes')!, undefined, 'node-1').spec?.unschedulable, true)

  const untyped = system.client.call('approvals.approve', { params: { id: removal.approval }, body: {} })
  await assert.rejects(untyped, { code: 'confirmation_required' })
  await walk.run()
  await ended(removal.id, 'completed')
  assert.equal(kube.cluster.list(kindOf('apps', 'v1', 'deployments')!, 'web').length, 0)

  await watch.saw(new RegExp(`^.*${removal.approval}.*approved.*$`, 'm'))
  for (const line of watch.output().stdout.trim().split('\n')) assert.ok(JSON.parse(line))

  // Of one requester nobody gets more than a few mails an hour: these would be asked again.
  for (const id of seen) await automation.call('invocations.cancel', { params: { id } })
  const ann = await personForTests(system.router.router.core, system.router.projectId, 'ann')
  walk.values.email = ann.email
  assert.match((await walk.run()).stdout, /Dry run: +nothing was changed[\s\S]*Version: +1|version: 1/i)
  const silent = await ask('kubectl_node_drain', { node: 'node-2' })
  walk.values['escalated-approval-id'] = silent.approval
  await watch.saw(new RegExp(`^.*"id": ?"${silent.approval}".*approval\\.escalated.*$`, 'm'))
  const escalated = (await walk.run()).stdout
  assert.match(escalated, /Stage: +2 of 2: owners/)
  assert.match(escalated, /approved: kubectl_node_drain in kubernetes-prod/)
  await ended(silent.id, 'completed')

  const mailed = await ask('kubectl_node_drain', { node: 'node-1' })
  walk.values['mailed-approval-id'] = mailed.approval
  const url = await until('the mail', () => linkTo(mailed.approval, mails))
  const form = new URLSearchParams({ decision: 'approve', note: 'from the train' })
  assert.match(await (await fetch(url, { method: 'POST', body: form })).text(), /It was approved by ann\./)
  await ended(mailed.id, 'completed')
  assert.match((await walk.run()).stdout, /used +.*ann/)

  const all = (await walk.run()).stdout
  for (const [approval, state] of [
    [drain.approval, 'approved'],
    [unwanted.approval, 'rejected'],
    [removal.approval, 'approved'],
    [silent.approval, 'approved'],
    [mailed.approval, 'approved'],
  ])
    assert.match(all, new RegExp(`${approval} +${state}`))
  await walk.end()
})
