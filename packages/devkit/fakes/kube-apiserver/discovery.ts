// What kubectl asks before it asks anything: versions,
// groups, resources, and which patches check their fields.
import { apiVersionOf, type Kind, kinds } from './kinds.ts'

const serverVersion = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.4',
  gitCommit: 'fake',
  gitTreeState: 'clean',
  buildDate: '2025-04-22T00:00:00Z',
  goVersion: 'go1.23.6',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

function resourcesOf(group: string, version: string): unknown[] {
  return kinds
    .filter((kind) => kind.group === group && kind.version === version)
    .flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      ...kind.subresources.map((sub) => ({
        name: `${kind.plural}/${sub.name}`,
        singularName: '',
        namespaced: kind.namespaced,
        kind: sub.kind,
        verbs: sub.verbs,
        ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      })),
    ])
}

const groupVersions = [...new Set(kinds.map(apiVersionOf))]

/** The document at a discovery path, or undefined when the path is none. */
export function discoveryDocument(path: string): unknown {
  if (path === '/version') return serverVersion
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') {
    const groups = groupVersions
      .filter((one) => one.includes('/'))
      .map((groupVersion) => {
        const [name, version] = groupVersion.split('/')
        const preferredVersion = { groupVersion, version }
        return { name, versions: [preferredVersion], preferredVersion }
      })
    return { kind: 'APIGroupList', apiVersion: 'v1', groups }
  }
  if (path === '/openapi/v3') {
    const paths = groupVersions.map((one) => [rootOf(one).slice(1), { serverRelativeURL: `/openapi/v3${rootOf(one)}` }])
    return { paths: Object.fromEntries(paths) }
  }
  for (const groupVersion of groupVersions) {
    const [group, version] = groupVersion.includes('/')
      ? (groupVersion.split('/') as [string, string])
      : ['', groupVersion]
    if (path === rootOf(groupVersion)) {
      return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: resourcesOf(group, version) }
    }
    if (path === `/openapi/v3${rootOf(groupVersion)}`)
      return openapi(kinds.filter((kind) => apiVersionOf(kind) === groupVersion))
  }
  return undefined
}

function rootOf(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`
}

/**
 * Only what kubectl looks for: that a patch of each kind takes
 * `fieldValidation`, so that it leaves validation to the server.
 */
function openapi(served: Kind[]): unknown {
  const operation = (kind: Kind) => ({
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string' },
    })),
    responses: { 200: { description: 'OK' } },
  })
  const paths = served.map((kind) => {
    const scope = kind.namespaced ? '/namespaces/{namespace}' : ''
    return [`${rootOf(apiVersionOf(kind))}${scope}/${kind.plural}/{name}`, { patch: operation(kind) }]
  })
  return {
    openapi: '3.0.0',
    info: { title: 'fake', version: serverVersion.gitVersion },
    paths: Object.fromEntries(paths),
    components: { schemas: {} },
  }
}
