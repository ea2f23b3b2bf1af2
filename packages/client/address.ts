// The router's base URL belongs to one project and ends in
// /v1 (`http://127.0.0.1:8080/demo/v1`), as upstream's does.

export interface Address {
  /** Scheme, host, port and whatever a proxy puts in front; no slash at its end. */
  origin: string
  /** Slug or external id of the project. */
  project: string
}

/** @throws TypeError that says what a base URL looks like. */
export function parseBaseUrl(baseUrl: string): Address {
  // Whatever else is wrong with it: what may be a password is not repeated.
  if (baseUrl.includes('@')) throw new TypeError('a base URL holds no user name and no password')
  let url: URL
  try {
    url = new URL(baseUrl)
  } catch {
    throw new TypeError(`base URL '${baseUrl}' is not a URL; it looks like https://<router>/<project>/v1`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`base URL '${baseUrl}' is neither http nor https`)
  }
  const [, prefix = '', project = ''] = /^(.*?)\/([^/]+)\/v1\/?$/.exec(url.pathname) ?? []
  if (project === '') throw new TypeError(`base URL '${baseUrl}' does not end in /<project>/v1`)
  return { origin: url.origin + prefix, project: decodeURIComponent(project) }
}
