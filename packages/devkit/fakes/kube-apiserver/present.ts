import { apiVersionOf, type Kind, type KubeObject } from './kinds.ts'

/** kubectl's own `get` asks for rows; `-o json` and every controller ask for the objects. */
export function wantsTable(accept: string | undefined): boolean {
  return (accept ?? '').includes('as=Table')
}

export function tableOf(kind: Kind, objects: KubeObject[], version: number, now: number): unknown {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: String(version) },
    columnDefinitions: kind.columns.map(({ name, type = 'string', priority = 0 }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: kind.columns.map(({ value }) => value(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  }
}

export function listOf(kind: Kind, objects: KubeObject[], version: number): unknown {
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(version) },
    items: objects,
  }
}

/** The `Scale` of a deployment. */
export function scaleOf(object: KubeObject): KubeObject {
  const labels: Record<string, string> = object.spec?.selector?.matchLabels ?? {}
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      uid: object.metadata.uid,
      resourceVersion: object.metadata.resourceVersion,
    },
    spec: { replicas: object.spec?.replicas ?? 1 },
    status: {
      replicas: object.status?.replicas ?? 0,
      selector: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    },
  }
}
