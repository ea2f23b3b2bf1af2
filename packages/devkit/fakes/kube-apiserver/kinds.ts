// What the fake serves: enough of Kubernetes for an operator's kubectl, as one table.

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Metadata
  // biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects are open; the fake reads only a few fields of each
  [field: string]: any
}

export interface Metadata {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
}

export interface Kind {
  kind: string
  plural: string
  singular: string
  shortNames: string[]
  /** `all`: part of `kubectl get all`. */
  categories: string[]
  /** `` is the core group. */
  group: string
  version: string
  namespaced: boolean
  subresources: { name: string; kind: string; group?: string; version?: string; verbs: string[] }[]
  columns: { name: string; type?: string; priority?: number; value(object: KubeObject, now: number): unknown }[]
}

const define = (kind: string, plural: string, rest: Partial<Kind> & Pick<Kind, 'columns'>): Kind => ({
  kind,
  plural,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  group: '',
  version: 'v1',
  namespaced: true,
  subresources: [],
  ...rest,
})

const statusSubresource = (kind: string) => ({ name: 'status', kind, verbs: ['get', 'patch', 'update'] })
const name = { name: 'Name', value: (o: KubeObject) => o.metadata.name }
const age = { name: 'Age', value: (o: KubeObject, now: number) => ageOf(o.metadata.creationTimestamp, now) }
const ready = (o: KubeObject) =>
  (o.status?.conditions ?? []).some((c: { type: string; status: string }) => c.type === 'Ready' && c.status === 'True')

export const kinds: readonly Kind[] = [
  define('Namespace', 'namespaces', {
    shortNames: ['ns'],
    namespaced: false,
    columns: [name, { name: 'Status', value: (o) => o.status?.phase ?? 'Active' }, age],
  }),
  define('Node', 'nodes', {
    shortNames: ['no'],
    namespaced: false,
    subresources: [statusSubresource('Node')],
    columns: [
      name,
      {
        name: 'Status',
        value: (o) => `${ready(o) ? 'Ready' : 'NotReady'}${o.spec?.unschedulable ? ',SchedulingDisabled' : ''}`,
      },
      { name: 'Roles', value: (o) => rolesOf(o) },
      age,
      { name: 'Version', value: (o) => o.status?.nodeInfo?.kubeletVersion ?? '' },
    ],
  }),
  define('Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: [
      statusSubresource('Pod'),
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    ],
    columns: [
      name,
      {
        name: 'Ready',
        value: (o) => {
          const statuses: { ready: boolean }[] = o.status?.containerStatuses ?? []
          return `${statuses.filter((status) => status.ready).length}/${o.spec?.containers?.length ?? 0}`
        },
      },
      { name: 'Status', value: (o) => o.status?.reason ?? o.status?.phase ?? 'Unknown' },
      { name: 'Restarts', type: 'integer', value: (o) => o.status?.containerStatuses?.[0]?.restartCount ?? 0 },
      age,
      { name: 'IP', priority: 1, value: (o) => o.status?.podIP ?? '<none>' },
      { name: 'Node', priority: 1, value: (o) => o.spec?.nodeName ?? '<none>' },
    ],
  }),
  define('Event', 'events', {
    shortNames: ['ev'],
    columns: [
      { name: 'Last Seen', value: (o, now) => ageOf(o.lastTimestamp ?? o.metadata.creationTimestamp, now) },
      { name: 'Type', value: (o) => o.type },
      { name: 'Reason', value: (o) => o.reason },
      { name: 'Object', value: (o) => `${o.involvedObject?.kind?.toLowerCase()}/${o.involvedObject?.name}` },
      { name: 'Message', value: (o) => o.message },
    ],
  }),
  define('ConfigMap', 'configmaps', {
    shortNames: ['cm'],
    columns: [name, { name: 'Data', type: 'integer', value: (o) => Object.keys(o.data ?? {}).length }, age],
  }),
  define('Service', 'services', {
    shortNames: ['svc'],
    categories: ['all'],
    columns: [
      name,
      { name: 'Type', value: (o) => o.spec?.type ?? 'ClusterIP' },
      { name: 'Cluster-IP', value: (o) => o.spec?.clusterIP ?? '<none>' },
      age,
    ],
  }),
  define('Deployment', 'deployments', {
    shortNames: ['deploy'],
    categories: ['all'],
    group: 'apps',
    subresources: [
      statusSubresource('Deployment'),
      { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
    ],
    columns: [
      name,
      { name: 'Ready', value: (o) => `${o.status?.readyReplicas ?? 0}/${o.spec?.replicas ?? 1}` },
      { name: 'Up-to-date', type: 'integer', value: (o) => o.status?.updatedReplicas ?? 0 },
      { name: 'Available', type: 'integer', value: (o) => o.status?.availableReplicas ?? 0 },
      age,
    ],
  }),
  define('ReplicaSet', 'replicasets', {
    shortNames: ['rs'],
    categories: ['all'],
    group: 'apps',
    columns: [name, { name: 'Desired', type: 'integer', value: (o) => o.spec?.replicas ?? 0 }, age],
  }),
  define('PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    group: 'policy',
    columns: [
      name,
      { name: 'Min Available', value: (o) => String(o.spec?.minAvailable ?? 'N/A') },
      { name: 'Max Unavailable', value: (o) => String(o.spec?.maxUnavailable ?? 'N/A') },
      { name: 'Allowed Disruptions', type: 'integer', value: (o) => o.status?.disruptionsAllowed ?? 0 },
      age,
    ],
  }),
]

export function kindOf(group: string, version: string, plural: string): Kind | undefined {
  return kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
}

export function kindOfObject(object: KubeObject): Kind | undefined {
  return kinds.find((kind) => kind.kind === object.kind && apiVersionOf(kind) === object.apiVersion)
}

export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

function rolesOf(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix))
  return roles.map((label) => label.slice(prefix.length)).join(',') || '<none>'
}

/** As kubectl shows durations: `45s`, `12m`, `3h`, `9d`. */
function ageOf(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined) return '<unknown>'
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
