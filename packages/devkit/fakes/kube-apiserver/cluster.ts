// The objects, their versions, and who watches them.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { type Kind, type KubeObject, kindOfObject } from './kinds.ts'
import { KubeError } from './kube-error.ts'

export type Change = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }

export interface Cluster {
  /** Counts every write, as etcd's revision does. */
  version(): number
  list(kind: Kind, namespace?: string): KubeObject[]
  find(kind: Kind, namespace: string | undefined, name: string): KubeObject | undefined
  /** @throws KubeError 404 */
  get(kind: Kind, namespace: string | undefined, name: string): KubeObject
  /** @throws KubeError 409 when it exists, 404 when its namespace does not. */
  create(object: KubeObject): KubeObject
  /**
   * Replaces it; a changed `spec` moves the generation.
   * @throws KubeError 409 when the resourceVersion given is old.
   */
  update(object: KubeObject): KubeObject
  remove(kind: Kind, namespace: string | undefined, name: string): KubeObject
  watch(listener: (change: Change) => void): () => void
  /** Does it and takes it back, unseen by watchers: a dry run. */
  tentatively<T>(work: () => T): T
}

export function createCluster(clock: Clock): Cluster {
  const objects = new Map<string, KubeObject>()
  const watchers = new Set<(change: Change) => void>()
  let version = 1

  const keyOf = (kind: Kind, namespace: string | undefined, name: string) =>
    `${kind.group}/${kind.plural}/${kind.namespaced ? namespace : ''}/${name}`

  const requireKind = (object: KubeObject): Kind => {
    const kind = kindOfObject(object)
    if (!kind) throw new KubeError(400, 'BadRequest', `no kind ${object.kind} in ${object.apiVersion}`)
    return kind
  }

  let silent = false
  const say = (type: Change['type'], object: KubeObject) => {
    if (silent) return
    for (const watcher of [...watchers]) watcher({ type, object: structuredClone(object) })
  }

  const cluster: Cluster = {
    version: () => version,
    list: (kind, namespace) =>
      [...objects.values()]
        .filter((object) => object.kind === kind.kind && requireKind(object) === kind)
        .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
        .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
        .map((object) => structuredClone(object)),
    find(kind, namespace, name) {
      const object = objects.get(keyOf(kind, namespace, name))
      return object && structuredClone(object)
    },
    get(kind, namespace, name) {
      const object = cluster.find(kind, namespace, name)
      if (object) return object
      const of = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
      throw new KubeError(404, 'NotFound', `${of} "${name}" not found`, { kind: kind.plural, group: kind.group, name })
    },
    create(given) {
      const object = structuredClone(given)
      const kind = requireKind(object)
      const { namespace, name } = object.metadata
      if (!name) throw new KubeError(422, 'Invalid', 'metadata.name: Required value')
      const key = keyOf(kind, namespace, name)
      if (objects.has(key)) throw new KubeError(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`)
      object.metadata = {
        uid: randomUUID(),
        creationTimestamp: new Date(clock.now()).toISOString().replace(/\.\d+/, ''),
        generation: 1,
        ...object.metadata,
        resourceVersion: String(++version),
      }
      objects.set(key, object)
      say('ADDED', object)
      return structuredClone(object)
    },
    update(given) {
      const object = structuredClone(given)
      const kind = requireKind(object)
      const now = cluster.get(kind, object.metadata.namespace, object.metadata.name)
      const { resourceVersion } = object.metadata
      if (resourceVersion !== undefined && resourceVersion !== now.metadata.resourceVersion) {
        throw new KubeError(409, 'Conflict', `the object has been modified: ${kind.plural} "${object.metadata.name}"`)
      }
      object.metadata.uid = now.metadata.uid
      object.metadata.resourceVersion = now.metadata.resourceVersion
      if (isDeepStrictEqual(object, now)) return now
      const generation = now.metadata.generation ?? 1
      object.metadata.generation = isDeepStrictEqual(object.spec, now.spec) ? generation : generation + 1
      object.metadata.resourceVersion = String(++version)
      objects.set(keyOf(kind, object.metadata.namespace, object.metadata.name), object)
      say('MODIFIED', object)
      return structuredClone(object)
    },
    remove(kind, namespace, name) {
      const object = cluster.get(kind, namespace, name)
      objects.delete(keyOf(kind, namespace, name))
      object.metadata.resourceVersion = String(++version)
      say('DELETED', object)
      return object
    },
    watch(listener) {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },
    tentatively(work) {
      const [before, at] = [new Map(objects), version]
      silent = true
      try {
        return work()
      } finally {
        silent = false
        version = at
        objects.clear()
        for (const [key, object] of before) objects.set(key, object)
      }
    },
  }
  return cluster
}
