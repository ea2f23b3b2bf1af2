// The real kubectl against the fake: every verb that the shipped bundle or a guide uses.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, beforeEach, suite, test } from 'node:test'
import { sampleCluster } from './sample-cluster.ts'
import { type KubeApiserver, startKubeApiserver } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-kube-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const config = join(folder, 'config')

let server: KubeApiserver
beforeEach(async () => {
  server = await startKubeApiserver({ objects: sampleCluster })
  server.writeKubeconfig(config, { namespace: 'web' })
})
afterEach(() => server.close())

interface Ran {
  code: number
  stdout: string
  stderr: string
}

function kubectl(line: string, input?: string): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: config }
    const child = execFile('kubectl', line.split(' '), { env, timeout: 180_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

async function ok(line: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(line, input)
  assert.equal(code, 0, `kubectl ${line}: ${stderr}`)
  return stdout
}

const manifest = (image: string, replicas = 2, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - { name: api, image: "${image}" }
${more}`

const images = 'get deployment api -o jsonpath={.spec.template.spec.containers[*].image}'

suite('kubectl and the fake', { skip: hasKubectl() ? false : 'no kubectl on PATH' }, () => {
  test('get shows tables for people and objects for programs', async () => {
    const table = await ok('get nodes')
    assert.match(table, /^NAME +STATUS +ROLES +AGE +VERSION\n/)
    assert.match(table, /node-1 +Ready +control-plane +\d+s +v1\.32\.4/)
    const { items } = JSON.parse(await ok('get pods -o json'))
    assert.equal(items.length, 3)
    assert.match(
      await ok('get pods -A -o wide'),
      /kube-system +coredns-\S+ +1\/1 +Running +0 +\d+s +10\.0\.0\.1 +node-/,
    )
    assert.match(await ok('get events -A'), /Warning +DiskPressure +node\/node-3/)
    assert.match(await ok('get all'), /deployment\.apps\/shop +3\/3/)
  })

  test('selectors choose by label and by field', async () => {
    assert.equal((await ok('get pods -A -l app=shop -o name')).trim().split('\n').length, 3)
    assert.equal((await ok('get pods -A -l app!=shop -o name')).trim().split('\n').length, 1)
    assert.match(
      await ok('get pods -A --field-selector metadata.namespace=kube-system -o name'),
      /^pod\/coredns-\S+\n$/,
    )
  })

  test('describe works for each kind', async () => {
    assert.match(await ok('describe node node-2'), /Kubelet Version: +v1\.32\.4/)
    assert.match(await ok('describe pod -l app=shop'), /Controlled By: +ReplicaSet\/shop-/)
    assert.match(await ok('describe deployment shop'), /3 desired \| 3 updated \| 3 total \| 3 available/)
    assert.match(await ok('describe pdb shop'), /Min available: +2/)
  })

  test('apply creates, changes, removes what left the manifest, and sees when nothing changed', async () => {
    const sidecar = '        - { name: side, image: "side:1" }\n'
    assert.match(await ok('apply -f -', manifest('api:1', 2, sidecar)), /api created/)
    assert.equal(await ok(images), 'api:1 side:1')
    assert.match(await ok('apply -f -', manifest('api:2')), /api configured/)
    assert.equal(await ok(images), 'api:2')
    assert.match(await ok('apply -f -', manifest('api:2')), /api unchanged/)
    assert.match(await ok('get deployment api'), /api +2\/2/)
    assert.match(await ok('apply -f -', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: new }'), /created/)
  })

  test('server-side apply works too', async () => {
    assert.match(await ok('apply --server-side -f -', manifest('api:1')), /serverside-applied/)
    assert.match(await ok('apply --server-side -f -', manifest('api:7')), /serverside-applied/)
    assert.equal(await ok(images), 'api:7')
  })

  test('label and annotate change metadata and nothing else', async () => {
    await ok('label node node-2 tier=gold')
    assert.equal(await ok('get nodes -l tier=gold -o name'), 'node/node-2\n')
    await ok('label node node-2 tier-')
    assert.equal(await ok('get nodes -l tier=gold -o name'), '')
    await ok('annotate deployment shop owner=me')
    assert.equal(await ok('get deployment shop -o jsonpath={.metadata.annotations.owner}'), 'me')
  })

  test('scale, restart and undo end with the pods that were asked for', async () => {
    await ok('scale deployment/shop --replicas=5')
    assert.match(await ok('get deployment shop'), /shop +5\/5/)
    assert.equal((await kubectl('scale deployment/shop --replicas=1 --current-replicas=4')).code, 1)
    const before = await ok('get pods -o name')
    await ok('rollout restart deployment/shop')
    await ok('rollout status deployment/shop --timeout=10s')
    assert.notEqual(await ok('get pods -o name'), before)
    await ok('set image deployment/shop shop=shop:9')
    await ok('rollout undo deployment/shop')
    const image = await ok('get deployment shop -o jsonpath={.spec.template.spec.containers[0].image}')
    assert.equal(image, 'images.example/shop:1.4.2')
  })

  test('a cordoned node gets no new pods, and a drained one keeps none', async () => {
    await ok('cordon node-2')
    assert.match(await ok('get nodes'), /node-2 +Ready,SchedulingDisabled/)
    const said = await ok('drain node-2 --ignore-daemonsets --delete-emptydir-data --timeout=20s')
    assert.match(said, /node\/node-2 drained/)
    assert.equal(await ok('get pods -A --field-selector spec.nodeName=node-2 -o name'), '')
    assert.match(await ok('get deployment shop'), /shop +3\/3/)
    await ok('uncordon node-2')
    assert.match(await ok('get nodes'), /node-2 +Ready +/)
  })

  test('a budget that allows no disruption stops a drain', async () => {
    await ok('scale deployment/shop --replicas=2')
    assert.match(await ok('get pdb shop'), /shop +2 +N\/A +0/)
    const node = await ok('get pods -l app=shop -o jsonpath={.items[0].spec.nodeName}')
    const { code, stderr } = await kubectl(`drain ${node} --ignore-daemonsets --timeout=1s`)
    assert.equal(code, 1)
    assert.match(stderr, /would violate the pod's disruption budget/)
  })

  test('logs come from the pod, the last lines only when asked', async () => {
    const pod = (await ok('get pods -o jsonpath={.items[0].metadata.name}')).trim()
    server.setLog('web', pod, 'one\ntwo\nthree\n')
    assert.equal(await ok(`logs ${pod}`), 'one\ntwo\nthree\n')
    assert.equal(await ok(`logs ${pod} --tail=1`), 'three\n')
  })

  test('delete takes what it owns along', async () => {
    await ok('delete deployment shop')
    assert.equal(await ok('get pods -o name'), '')
    await ok('delete namespace kube-system')
    assert.equal(await ok('get pods -A -o name'), '')
  })

  test('what is not there is NotFound, and another token opens nothing', async () => {
    const missing = await kubectl('get pod nothing')
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /Error from server \(NotFound\): pods "nothing" not found/)
    const seen = server.requests.length
    server.writeKubeconfig(config, { token: 'another' })
    assert.equal((await kubectl('get nodes')).code, 1)
    assert.equal(server.requests.length, seen)
  })

  test('a dry run shows what would be and changes nothing', async () => {
    const shown = await ok('apply --dry-run=server --output=yaml -f -', manifest('api:1'))
    assert.match(shown, /image: api:1/)
    assert.equal((await kubectl('get deployment api')).code, 1)
    assert.match(await ok('delete --dry-run=server deployment shop'), /deleted \(server dry run\)/)
    assert.match(await ok('drain --dry-run=server --ignore-daemonsets node-2'), /drained \(server dry run\)/)
    assert.match(await ok('get deployment shop'), /shop +3\/3/)
    assert.doesNotMatch(await ok('get nodes'), /SchedulingDisabled/)
  })

  test('a manifest of an unknown kind is refused', async () => {
    writeFileSync(join(folder, 'odd.yaml'), 'apiVersion: odd/v1\nkind: Odd\nmetadata: { name: x }\n')
    const { code, stderr } = await kubectl(`apply -f ${join(folder, 'odd.yaml')}`)
    assert.equal(code, 1)
    assert.match(stderr, /error validating data|no matches for kind "Odd"/)
  })
})

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
