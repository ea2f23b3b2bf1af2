// Addresses of the data plane: tcp://host:port, an IPv6 host in brackets.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/**
 * Whether a socket must speak IPv6 to bind or dial this address. ZeroMQ does so only when told,
 * and prefers it then where a name has both kinds: a name needs it that has no IPv4 address.
 */
export async function needsIPv6(address: string, find: typeof lookup = lookup): Promise<boolean> {
  const host = hostOf(address)
  if (host === undefined || host === '*' || isIP(host) === 4) return false
  if (isIP(host) === 6) return true
  const found = await find(host, { all: true }).catch(() => [])
  return found.length > 0 && found.every(({ family }) => family === 6)
}

function hostOf(address: string): string | undefined {
  return /^tcp:\/\/\[?([^\]]+?)\]?:[^:]*$/.exec(address)?.[1]
}
