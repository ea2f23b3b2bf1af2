// The shipped bundles as the agent runs them, against the real
// programs: kubectl with the fake API server, aws with moto.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Binding } from '@xerotier/protocol/manifest.ts'
import { type Bench, createBench } from '@xerotier/xem-agent/execution/fixtures/recording-link.ts'
import { loadCatalogue } from '@xerotier/xem-agent/tools/catalogue.ts'
import { catalogueOptions } from '@xerotier/xem-agent/tools/fixtures/catalogue-options.ts'
import { sampleCluster } from './fakes/kube-apiserver/sample-cluster.ts'
import { type KubeApiserver, startKubeApiserver } from './fakes/kube-apiserver/server.ts'
import { awsMissing, type Moto, startMoto } from './fakes/moto.ts'

const folder = mkdtempSync(join(tmpdir(), 'xem-shipped-'))
const credentials = join(folder, 'credentials')
mkdirSync(credentials)
after(() => rmSync(folder, { recursive: true, force: true }))

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0

/** Runs calls of one workspace to their end. */
async function benchFor(bundle: string, workspace: Binding, hostEnv: NodeJS.ProcessEnv) {
  const { tools } = await loadCatalogue(catalogueOptions(folder, [bundle]))
  const bench: Bench = createBench(tools, { hostEnv, credentialsDir: credentials })
  bench.executions.bind([workspace])
  const call = async (tool: string, args: Record<string, unknown> = {}) => {
    const frame = bench.frame(tool, args, { workspace })
    bench.executions.dispatch([frame])
    const end = await bench.until(['result', 'refused'], frame.execution_id)
    return {
      outcome: end.t === 'result' ? end.outcome : end.code,
      out: bench.output(frame.execution_id),
      err: bench.output(frame.execution_id, 'stderr'),
    }
  }
  /** The output of a call that must go well. */
  const ok = async (tool: string, args: Record<string, unknown> = {}) => {
    const { outcome, out, err } = await call(tool, args)
    assert.equal(outcome, 'completed', `${tool} ${JSON.stringify(args)}: ${err}`)
    return out
  }
  return { bench, call, ok }
}

suite('the kubernetes bundle', { skip: !works('kubectl', 'version', '--client') && 'no kubectl on PATH' }, () => {
  let server: KubeApiserver
  let run: Awaited<ReturnType<typeof benchFor>>
  before(async () => {
    server = await startKubeApiserver({ objects: sampleCluster })
    server.writeKubeconfig(join(credentials, 'prod.yaml'), { namespace: 'web' })
    const workspace: Binding = {
      workspace_id: 'ws_00000000000a',
      workspace: 'prod',
      type: 'kubernetes',
      credentials_ref: null,
    }
    const hostEnv = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: '/nowhere/that/exists' }
    run = await benchFor('kubernetes', workspace, hostEnv)
  })
  after(async () => {
    await run.bench.close()
    await server.close()
  })

  test('reads the cluster that the file of the workspace names', async () => {
    const { items } = JSON.parse(await run.ok('kubectl_get', { resource: 'nodes', output: 'json' }))
    assert.ok(items.length > 1)
    assert.match(
      await run.ok('kubectl_get', { resource: 'pods', all_namespaces: true, selector: 'app=shop', output: 'name' }),
      /^pod\/shop-/,
    )
    assert.match(await run.ok('kubectl_describe', { resource: 'node', name: 'node-2' }), /^Name: +node-2/)
    assert.match(await run.ok('kubectl_pod_list', { node: 'node-2', all_namespaces: true }), /node-2/)
    await run.ok('kubectl_pdb_list', { all_namespaces: true })
    const pod = (await run.ok('kubectl_get', { resource: 'pods', output: 'name' })).split('\n')[0]!.replace('pod/', '')
    assert.match(await run.ok('kubectl_logs', { pod, lines: 1 }), /ready/)
    assert.match(
      await run.ok('kubectl_rollout_status', { resource: 'deployment', name: 'shop' }),
      /successfully rolled out/,
    )
  })

  test('changes it: label, scale, restart, apply', async () => {
    await run.ok('kubectl_label', { resource: 'node', name: 'node-2', labels: ['rack=r1'] })
    await run.ok('kubectl_label', { resource: 'node', name: 'node-2', labels: ['rack=r2'] })
    assert.match(await run.ok('kubectl_get', { resource: 'nodes', selector: 'rack=r2', output: 'name' }), /node-2/)
    await run.ok('kubectl_label', { resource: 'node', name: 'node-2', labels: ['rack-'] })
    assert.equal(await run.ok('kubectl_get', { resource: 'nodes', selector: 'rack', output: 'name' }), '')
    await run.ok('kubectl_scale', { resource: 'deployment', name: 'shop', replicas: 2, current_replicas: 3 })
    assert.equal(
      (await run.call('kubectl_scale', { resource: 'deployment', name: 'shop', replicas: 5, current_replicas: 3 }))
        .outcome,
      'failed',
    )
    await run.ok('kubectl_rollout_restart', { resource: 'deployment', name: 'shop' })
    const manifest = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: made-by-apply }\n'
    assert.match(await run.ok('kubectl_apply', { manifest }), /made-by-apply created/)
    assert.match(await run.ok('kubectl_apply', { manifest }), /unchanged/)
  })

  test('cordons, drains and deletes', async () => {
    assert.match(await run.ok('kubectl_node_cordon', { node: 'node-2' }), /cordoned/)
    assert.match(await run.ok('kubectl_node_uncordon', { node: 'node-2' }), /uncordoned/)
    // Its budget wants two of them: with three an eviction is allowed.
    await run.ok('kubectl_scale', { resource: 'deployment', name: 'shop', replicas: 4 })
    assert.match(
      await run.ok('kubectl_drain', {
        wait_seconds: 20,
        node: 'node-2',
        delete_emptydir_data: true,
        force: true,
      }),
      /drained/,
    )
    assert.match(await run.ok('kubectl_delete', { resource: 'namespace', name: 'made-by-apply' }), /deleted/)
  })

  test('hostile arguments reach neither kubectl nor another cluster', async () => {
    const before = server.requests.length
    const hostile: [string, Record<string, unknown>][] = [
      ['kubectl_get', { resource: '--kubeconfig=/etc/passwd' }],
      ['kubectl_get', { resource: 'pods', name: '--server=http://evil' }],
      ['kubectl_get', { resource: 'pods', namespace: '$(id)' }],
      ['kubectl_get', { resource: 'secrets' }],
      ['kubectl_get', { resource: 'secrets.v1.' }],
      ['kubectl_get', { resource: 'pods,secrets' }],
      ['kubectl_describe', { resource: 'pods', name: ';rm -rf /' }],
      ['kubectl_label', { resource: 'node', name: 'node-2', labels: ['--overwrite=false'] }],
      ['kubectl_logs', { pod: '-f' }],
    ]
    for (const [tool, args] of hostile)
      assert.equal((await run.call(tool, args)).outcome, 'invalid_arguments', JSON.stringify(args))
    assert.equal(server.requests.length, before)
  })
})

suite('the aws bundle', { skip: awsMissing() }, () => {
  let moto: Moto
  let run: Awaited<ReturnType<typeof benchFor>>
  before(async () => {
    moto = await startMoto()
    writeFileSync(
      join(credentials, 'sandbox.ini'),
      '[default]\naws_access_key_id = testing\naws_secret_access_key = testing\nregion = eu-central-1\n',
    )
    const workspace: Binding = {
      workspace_id: 'ws_00000000000b',
      workspace: 'sandbox',
      type: 'aws',
      credentials_ref: null,
    }
    // Were this key passed beside the file, every call would run as somebody else.
    const hostEnv = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'other',
      AWS_REGION: 'us-west-2',
    }
    run = await benchFor('aws', workspace, hostEnv)
  })
  after(async () => {
    await run.bench.close()
    await moto.close()
  })

  test('reads, tags, stops, starts and terminates an instance of the account of the workspace', async () => {
    assert.match(JSON.parse(await run.ok('aws_sts_identity')).Arn, /^arn:aws:/)
    const image = { ImageId: 'ami-12c6146b', MinCount: '1', MaxCount: '1' }
    const made = await moto.ask('ec2', 'testing', { Action: 'RunInstances', Version: '2016-11-15', ...image })
    const id = /<instanceId>(i-[0-9a-f]+)</.exec(made)![1]!
    const state = async () =>
      JSON.parse(await run.ok('aws_ec2_describe', { instance_ids: [id] })).Reservations[0].Instances[0].State.Name
    assert.equal(await state(), 'running')
    await run.ok('aws_ec2_tag', { resources: [id], key: 'Name', value: 'web server' })
    const filtered = JSON.parse(await run.ok('aws_ec2_describe', { filters: ['Name=tag:Name,Values=web server'] }))
    assert.equal(filtered.Reservations[0].Instances[0].InstanceId, id)
    await run.ok('aws_ec2_stop', { instance_ids: [id] })
    assert.equal(await state(), 'stopped')
    await run.ok('aws_ec2_start', { instance_ids: [id] })
    await run.ok('aws_ec2_terminate', { instance_ids: [id] })
    assert.equal(await state(), 'terminated')
    assert.deepEqual(JSON.parse(await run.ok('aws_s3_list_buckets')).Buckets, [])
    assert.equal((await run.call('aws_s3_list', { bucket: 'no-such-bucket' })).outcome, 'failed')
  })

  test('hostile arguments do not reach aws', async () => {
    const hostile: [string, Record<string, unknown>][] = [
      ['aws_ec2_stop', { instance_ids: ['--endpoint-url=http://evil'] }],
      ['aws_ec2_tag', { resources: ['i-0123456789abcdef0'], key: 'Name', value: 'a,Value=b' }],
      ['aws_ec2_tag', { resources: ['i-0123456789abcdef0'], key: 'Name@', value: 'file:///etc/passwd' }],
      ['aws_s3_list', { bucket: 'bucket', prefix: 'file:///etc/passwd' }],
      ['aws_ec2_describe', { region: 'us-east-1 --debug' }],
    ]
    for (const [tool, args] of hostile)
      assert.equal((await run.call(tool, args)).outcome, 'invalid_arguments', JSON.stringify(args))
  })
})
