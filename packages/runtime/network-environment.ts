// What the environment says of the way out: proxies, and whose certificates to trust.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import tls from 'node:tls'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import { ConfigError } from './config-error.ts'

/** Nobody means these when they name a proxy. */
const direct = 'localhost,127.0.0.1,::1'

/**
 * For `fetch` and the requests of this process that have no agent of their own. NODE_EXTRA_CA_CERTS
 * is read by Node itself; SSL_CERT_FILE takes the place of the authorities that come with Node.
 * @throws ConfigError for a proxy or a file that cannot be used
 */
export function useNetworkEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  const proxies = {
    HTTP_PROXY: env.http_proxy ?? env.HTTP_PROXY,
    HTTPS_PROXY: env.https_proxy ?? env.HTTPS_PROXY,
    NO_PROXY: env.no_proxy ?? env.NO_PROXY,
  }
  if (isSet(proxies.HTTP_PROXY) || isSet(proxies.HTTPS_PROXY)) useProxies(proxies)
  if (isSet(env.SSL_CERT_FILE)) trust('SSL_CERT_FILE', env.SSL_CERT_FILE)
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

function useProxies({ HTTP_PROXY, HTTPS_PROXY, NO_PROXY }: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries({ HTTP_PROXY, HTTPS_PROXY })) {
    if (isSet(value) && !/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new ConfigError('invalidValue', `${name} must be an http or https URL`)
  }
  needsNode24('a proxy', http.setGlobalProxyFromEnv)
  http.setGlobalProxyFromEnv({ HTTP_PROXY, HTTPS_PROXY, NO_PROXY: isSet(NO_PROXY) ? `${NO_PROXY},${direct}` : direct })
}

function trust(variable: string, path: string): void {
  needsNode24(variable, tls.setDefaultCACertificates)
  const certificates = contentOf(variable, path).match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  try {
    tls.setDefaultCACertificates([...(certificates ?? []), ...tls.getCACertificates('extra')])
  } catch {
    throw new ConfigError('invalidValue', `${variable}: ${path} holds a certificate that cannot be read`)
  }
  if (certificates === null) throw new ConfigError('invalidValue', `${variable}: ${path} holds no certificate`)
}

function contentOf(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError('invalidValue', `${variable}: ${path} cannot be read (${codeOf(error) ?? 'unknown error'})`)
  }
}

/** xeroctl runs on older ones. */
function needsNode24(what: string, feature: unknown): void {
  if (feature === undefined) throw new ConfigError('invalidValue', `${what} needs Node 24 or later`)
}
