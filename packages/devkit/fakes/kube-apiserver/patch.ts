// The three ways in which kubectl sends a change, and
// server-side apply without its bookkeeping of field owners.
import { KubeError } from './kube-error.ts'

type Json = unknown
type Fields = Record<string, Json>

const isFields = (value: Json): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value)

/** RFC 7386. */
function mergePatch(target: Json, patch: Json): Json {
  if (!isFields(patch)) return patch
  const result: Fields = isFields(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

/**
 * Lists whose items are known by one field; what is not here is replaced whole. From the
 * patchMergeKey tags of the API types.
 */
const mergeKeys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  conditions: 'type',
  taints: 'key',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
}

/** Strategic merge patch, with the directives that kubectl writes. */
function strategicMergePatch(target: Json, patch: Json): Json {
  if (!isFields(patch)) return patch
  if (patch.$patch === 'replace') return withoutDirectives(patch)
  const result: Fields = isFields(target) ? { ...target } : {}
  if (Array.isArray(patch.$retainKeys)) {
    for (const key of Object.keys(result)) if (!patch.$retainKeys.includes(key)) delete result[key]
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice('$deleteFromPrimitiveList/'.length)
      result[list] = ((result[list] as Json[]) ?? []).filter((item) => !(value as Json[]).includes(item))
    } else if (key.startsWith('$')) {
    } else if (value === null) {
      delete result[key]
    } else if (Array.isArray(value) && mergeKeys[key] !== undefined && value.every(isFields)) {
      result[key] = mergeList(result[key], value, mergeKeys[key])
    } else {
      result[key] = strategicMergePatch(result[key], value)
    }
  }
  return result
}

function mergeList(target: Json, patch: Fields[], mergeKey: string): Json[] {
  const result = Array.isArray(target) ? [...(target as Fields[])] : []
  for (const item of patch) {
    if (item.$patch === 'replace') return patch.filter((other) => other !== item).map(withoutDirectives)
    const at = result.findIndex((other) => other[mergeKey] === item[mergeKey])
    if (item.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1)
    } else if (at >= 0) {
      result[at] = strategicMergePatch(result[at], item) as Fields
    } else {
      result.push(withoutDirectives(item))
    }
  }
  return result
}

function withoutDirectives(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')))
}

/** RFC 6902: add, replace, remove and test. */
function jsonPatch(target: Json, operations: { op: string; path: string; value?: Json }[]): Json {
  const result = structuredClone(target)
  for (const { op, path, value } of operations) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = keys.pop()!
    const parent = keys.reduce<Json>((at, key) => (at as Fields)?.[key], result) as Fields | Json[] | undefined
    if (parent === undefined) throw new KubeError(422, 'Invalid', `the path ${path} does not exist`)
    if (op === 'test') {
      if (JSON.stringify((parent as Fields)[last]) !== JSON.stringify(value)) {
        throw new KubeError(422, 'Invalid', `the test of ${path} failed`)
      }
    } else if (Array.isArray(parent)) {
      const index = last === '-' ? parent.length : Number(last)
      parent.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]))
    } else if (op === 'remove') {
      delete parent[last]
    } else {
      parent[last] = value
    }
  }
  return result
}

/** @throws KubeError 415 for a content type that no kubectl sends. */
export function applyPatch(contentType: string, target: Json, patch: Json): Json {
  switch (contentType.split(';')[0]) {
    case 'application/json-patch+json':
      return jsonPatch(target, patch as Parameters<typeof jsonPatch>[1])
    case 'application/merge-patch+json':
      return mergePatch(target, patch)
    case 'application/strategic-merge-patch+json':
    case 'application/apply-patch+yaml':
      return strategicMergePatch(target, patch)
    default:
      throw new KubeError(415, 'UnsupportedMediaType', `no patch of type ${contentType}`)
  }
}
