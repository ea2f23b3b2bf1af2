// One request for a resource, answered from the cluster.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Address } from './address.ts'
import type { Cluster } from './cluster.ts'
import { apiVersionOf, type KubeObject, kindOf } from './kinds.ts'
import { KubeError } from './kube-error.ts'
import { applyPatch } from './patch.ts'
import { listOf, scaleOf, tableOf, wantsTable } from './present.ts'
import { matchesFields, matchesLabels } from './selectors.ts'
import { evict, reconcile, removeOwned } from './workloads.ts'

export interface KubeRequest {
  method: string
  address: Address
  query: URLSearchParams
  accept: string | undefined
  contentType: string
  body: unknown
}

export interface KubeAnswer {
  status: number
  body: unknown
}

export function selected(request: Pick<KubeRequest, 'query'>): (object: KubeObject) => boolean {
  const labels = request.query.get('labelSelector') ?? ''
  const fields = request.query.get('fieldSelector') ?? ''
  return (object) => matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object)
}

/** @throws KubeError */
export function answer(cluster: Cluster, clock: Clock, request: KubeRequest): KubeAnswer {
  const act = () =>
    request.address.subresource ? answerSubresource(cluster, request) : answerObject(cluster, clock, request)
  if (request.method === 'GET') return act()
  if (isDryRun(request)) return cluster.tentatively(act)
  const done = act()
  reconcile(cluster)
  return done
}

/** A delete says it in its options, an eviction in the options within. */
function isDryRun({ query, body }: KubeRequest): boolean {
  const options = body as { dryRun?: string[]; deleteOptions?: { dryRun?: string[] } } | undefined
  return [...query.getAll('dryRun'), ...(options?.dryRun ?? []), ...(options?.deleteOptions?.dryRun ?? [])].includes(
    'All',
  )
}

function answerObject(cluster: Cluster, clock: Clock, request: KubeRequest): KubeAnswer {
  const { method, query } = request
  const { kind, namespace, name } = request.address
  switch (method) {
    case 'GET': {
      const objects =
        name === undefined
          ? cluster.list(kind, namespace).filter(selected(request))
          : [cluster.get(kind, namespace, name)]
      if (wantsTable(request.accept)) {
        return { status: 200, body: tableOf(kind, objects, cluster.version(), clock.now()) }
      }
      return { status: 200, body: name === undefined ? listOf(kind, objects, cluster.version()) : objects[0] }
    }
    case 'POST': {
      const object = request.body as KubeObject
      return { status: 201, body: cluster.create(inNamespace(cluster, object, request.address)) }
    }
    case 'PUT':
      return { status: 200, body: cluster.update(inNamespace(cluster, request.body as KubeObject, request.address)) }
    case 'PATCH': {
      const now = cluster.find(kind, namespace, name!)
      const applies = request.contentType.startsWith('application/apply-patch')
      if (!now && applies) {
        const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(request.body as object) } as KubeObject
        return { status: 201, body: cluster.create(inNamespace(cluster, object, request.address)) }
      }
      const patched = applyPatch(request.contentType, now ?? cluster.get(kind, namespace, name!), request.body)
      return { status: 200, body: cluster.update(patched as KubeObject) }
    }
    case 'DELETE': {
      if (name === undefined) throw new KubeError(405, 'MethodNotAllowed', 'delete them one by one')
      const object = cluster.remove(kind, namespace, name)
      if (query.get('propagationPolicy') !== 'Orphan') removeOwned(cluster, object)
      const details = { name, kind: kind.plural, group: kind.group, uid: object.metadata.uid }
      return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
    }
    default:
      throw new KubeError(405, 'MethodNotAllowed', `no ${method} here`)
  }
}

function answerSubresource(cluster: Cluster, request: KubeRequest): KubeAnswer {
  const { method, address } = request
  const { kind, namespace, name, subresource } = address
  const object = cluster.get(kind, namespace, name!)
  if (subresource === 'eviction' && method === 'POST') {
    evict(cluster, namespace, name!)
    return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } }
  }
  if (subresource === 'scale' || subresource === 'status') {
    const of = (now: KubeObject) => (subresource === 'scale' ? scaleOf(now) : now)
    if (method === 'GET') return { status: 200, body: of(object) }
    const changed = (
      method === 'PUT' ? request.body : applyPatch(request.contentType, of(object), request.body)
    ) as KubeObject
    const next =
      subresource === 'scale'
        ? { ...object, spec: { ...object.spec, replicas: changed.spec.replicas } }
        : { ...object, status: changed.status }
    const { resourceVersion } = changed.metadata
    return { status: 200, body: of(cluster.update({ ...next, metadata: { ...next.metadata, resourceVersion } })) }
  }
  throw new KubeError(404, 'NotFound', `${kind.plural}/${subresource} is not served`)
}

function inNamespace(cluster: Cluster, object: KubeObject, { kind, namespace }: Address): KubeObject {
  if (!kind.namespaced) return object
  const home = cluster.find(kindOf('', 'v1', 'namespaces')!, undefined, namespace!) !== undefined
  if (!home) throw new KubeError(404, 'NotFound', `namespaces "${namespace}" not found`)
  return { ...object, metadata: { ...object.metadata, namespace } }
}
