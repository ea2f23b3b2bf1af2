// The part of the control plane that an operator sees:
// deployments get pods, pods get nodes, budgets count.
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import type { Cluster } from './cluster.ts'
import { type Kind, type KubeObject, kinds } from './kinds.ts'
import { KubeError } from './kube-error.ts'
import { selects } from './selectors.ts'

function kindNamed(name: string): Kind {
  const kind = kinds.find((one) => one.kind === name)
  if (kind === undefined) throw new Error(`no kind ${name}`)
  return kind
}
const deployments = kindNamed('Deployment')
const replicaSets = kindNamed('ReplicaSet')
const pods = kindNamed('Pod')
const nodes = kindNamed('Node')
const budgets = kindNamed('PodDisruptionBudget')

/** Brings the cluster to where its controllers would. Call it after each write. */
export function reconcile(cluster: Cluster): void {
  for (const deployment of cluster.list(deployments)) reconcileDeployment(cluster, deployment)
  for (const pod of cluster.list(pods)) runPod(cluster, pod)
  for (const deployment of cluster.list(deployments)) reportDeployment(cluster, deployment)
  for (const budget of cluster.list(budgets)) countBudget(cluster, budget)
}

function reconcileDeployment(cluster: Cluster, deployment: KubeObject): void {
  const { name, namespace } = deployment.metadata
  const template = deployment.spec?.template ?? {}
  const hash = hashOf(canonicalJson(withoutNulls(template)))
  const setName = `${name}-${hash}`
  const wanted: number = deployment.spec?.replicas ?? 1
  const set = currentSet(cluster, deployment, setName, hash)
  for (const one of setsOf(cluster, deployment)) {
    const replicas = one.metadata.name === setName ? wanted : 0
    if (one.spec.replicas !== replicas) cluster.update({ ...one, spec: { ...one.spec, replicas } })
  }

  const ours = podsOf(cluster, deployment)
  const current = ours.filter((pod) => pod.metadata.labels?.['pod-template-hash'] === hash)
  for (const pod of ours) if (!current.includes(pod)) cluster.remove(pods, namespace, pod.metadata.name)
  for (const pod of current.slice(wanted)) cluster.remove(pods, namespace, pod.metadata.name)
  for (let missing = wanted - current.length; missing > 0; missing--) {
    cluster.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${setName}-${hashOf(`${setName}${cluster.version()}`).slice(0, 5)}`,
        namespace,
        labels: { ...template.metadata?.labels, 'pod-template-hash': hash },
        annotations: template.metadata?.annotations,
        ownerReferences: [{ ...referenceTo(set), controller: true }],
      },
      spec: structuredClone(template.spec ?? { containers: [] }),
      status: { phase: 'Pending' },
    })
  }
}

const revisionKey = 'deployment.kubernetes.io/revision'

/**
 * The replica set of the deployment's template; old ones stay, empty, for `rollout undo`. The
 * newest in use has the highest revision.
 */
function currentSet(cluster: Cluster, deployment: KubeObject, name: string, hash: string): KubeObject {
  const { namespace } = deployment.metadata
  const template = deployment.spec?.template ?? {}
  const revisionOf = (set: KubeObject) => Number(set.metadata.annotations?.[revisionKey] ?? 0)
  const found = cluster.find(replicaSets, namespace, name)
  const last = Math.max(0, ...setsOf(cluster, deployment).map(revisionOf))
  if (found && revisionOf(found) === last) return found
  const annotations = { [revisionKey]: String(last + 1) }
  cluster.update({
    ...deployment,
    metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, ...annotations } },
  })
  if (found) return cluster.update({ ...found, metadata: { ...found.metadata, annotations } })
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash }
  return cluster.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace,
      labels,
      annotations,
      ownerReferences: [{ ...referenceTo(deployment), controller: true }],
    },
    spec: {
      replicas: deployment.spec?.replicas ?? 1,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  })
}

/**
 * A pending pod starts at once on the emptiest node that takes pods; without one it stays pending.
 */
function runPod(cluster: Cluster, pod: KubeObject): void {
  if (pod.status?.phase === 'Running' || pod.status?.phase === 'Succeeded') return
  const all = cluster.list(pods)
  const load = (node: KubeObject) => all.filter((other) => other.spec?.nodeName === node.metadata.name).length
  const node =
    pod.spec?.nodeName ??
    cluster
      .list(nodes)
      .filter((one) => !one.spec?.unschedulable)
      .sort((a, b) => load(a) - load(b))[0]?.metadata.name
  if (node === undefined) return
  const containers: { name: string; image: string }[] = pod.spec?.containers ?? []
  cluster.update({
    ...pod,
    spec: { ...pod.spec, nodeName: node },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      startTime: pod.metadata.creationTimestamp,
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: 'True' })),
      containerStatuses: containers.map(({ name, image }) => ({
        name,
        image,
        imageID: image,
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: pod.metadata.creationTimestamp } },
      })),
    },
  })
}

function reportDeployment(cluster: Cluster, deployment: KubeObject): void {
  const running = podsOf(cluster, deployment).filter((pod) => pod.status?.phase === 'Running').length
  for (const set of setsOf(cluster, deployment)) {
    const { replicas } = set.spec
    cluster.update({ ...set, status: { replicas, readyReplicas: replicas, availableReplicas: replicas } })
  }
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas: deployment.spec?.replicas ?? 1,
    updatedReplicas: deployment.spec?.replicas ?? 1,
    readyReplicas: running,
    availableReplicas: running,
    conditions: [
      { type: 'Available', status: running > 0 ? 'True' : 'False', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ],
  }
  cluster.update({ ...deployment, status })
}

function countBudget(cluster: Cluster, budget: KubeObject): void {
  const covered = cluster
    .list(pods, budget.metadata.namespace)
    .filter((pod) => selects(budget.spec?.selector?.matchLabels, pod))
  const healthy = covered.filter((pod) => pod.status?.phase === 'Running').length
  const desired =
    budget.spec?.minAvailable !== undefined
      ? countOf(budget.spec.minAvailable, covered.length)
      : covered.length - countOf(budget.spec?.maxUnavailable ?? 0, covered.length)
  cluster.update({
    ...budget,
    status: {
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: covered.length,
      disruptionsAllowed: Math.max(0, healthy - desired),
      observedGeneration: budget.metadata.generation,
    },
  })
}

/** @throws KubeError 429 when a budget forbids it, as the eviction subresource does. */
export function evict(cluster: Cluster, namespace: string | undefined, name: string): void {
  const pod = cluster.get(pods, namespace, name)
  for (const budget of cluster.list(budgets, namespace)) {
    if (selects(budget.spec?.selector?.matchLabels, pod) && (budget.status?.disruptionsAllowed ?? 0) < 1) {
      throw new KubeError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${budget.metadata.name} needs more healthy pods`,
          },
        ],
      })
    }
  }
  cluster.remove(pods, namespace, name)
}

/**
 * What goes with a deleted object: a deployment's replica sets and pods, a namespace's everything.
 */
export function removeOwned(cluster: Cluster, owner: KubeObject): void {
  for (const one of kinds) {
    for (const object of cluster.list(one)) {
      const owned =
        owner.kind === 'Namespace'
          ? object.metadata.namespace === owner.metadata.name
          : object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid)
      if (!owned || !cluster.find(one, object.metadata.namespace, object.metadata.name)) continue
      cluster.remove(one, object.metadata.namespace, object.metadata.name)
      removeOwned(cluster, object)
    }
  }
}

function podsOf(cluster: Cluster, deployment: KubeObject): KubeObject[] {
  const sets = setsOf(cluster, deployment)
  return cluster
    .list(pods, deployment.metadata.namespace)
    .filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => sets.some((set) => set.metadata.uid === uid)))
}

function setsOf(cluster: Cluster, deployment: KubeObject): KubeObject[] {
  return cluster
    .list(replicaSets, deployment.metadata.namespace)
    .filter((set) => set.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid))
}

function referenceTo(object: KubeObject) {
  return { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name, uid: object.metadata.uid! }
}

/** A number, or a percentage of `total`, rounded up as Kubernetes does. */
function countOf(value: number | string, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) / 100) * total)
}

/** kubectl writes `creationTimestamp: null` into templates; it means nothing. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, member) => (member === null ? undefined : member))
}

/** Ten letters that look like a template hash. */
function hashOf(text: string): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  let value = 2_166_136_261
  let out = ''
  for (let round = 0; out.length < 10; round++) {
    for (const character of `${round}${text}`) value = Math.imul(value ^ character.charCodeAt(0), 16_777_619) >>> 0
    out += letters[value % letters.length]
  }
  return out
}
