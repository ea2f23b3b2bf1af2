import { type Kind, kindOf } from './kinds.ts'

/** What a resource path names. */
export interface Address {
  kind: Kind
  namespace: string | undefined
  name: string | undefined
  subresource: string | undefined
}

const pattern =
  /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/

/**
 * `/apis/apps/v1/namespaces/web/deployments/shop/scale`
 * and its like; undefined when no served kind is meant.
 */
export function addressOf(path: string): Address | undefined {
  const parts = path.split('/').map(decodeURIComponent)
  // /api/v1/namespaces/<name> is the namespace itself, unless a plural follows.
  if (parts[1] === 'api' && parts[3] === 'namespaces' && parts.length <= 5) {
    const kind = kindOf('', 'v1', 'namespaces')
    return kind && { kind, namespace: undefined, name: parts[4], subresource: undefined }
  }
  const match = pattern.exec(path)
  if (!match) return undefined
  const [, core, group = '', version = '', namespace, plural = '', name, subresource] = match.map(
    (part) => part && decodeURIComponent(part),
  )
  const kind = kindOf(core ? '' : group, core ?? version, plural)
  return kind && { kind, namespace, name, subresource }
}
