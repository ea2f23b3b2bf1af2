/** JSON is YAML, so this is a kubeconfig as it stands. */
export function kubeconfigOf(options: { url: string; token: string; namespace: string }): string {
  const name = 'fake'
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server: `${options.url}/${options.token}` } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: options.namespace } }],
    },
    null,
    2,
  )}\n`
}
