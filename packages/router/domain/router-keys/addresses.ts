// Where agents dial, by the endpoint of a key. What operators say (`--router-addr`, the announced
// address) is the primary endpoint as agents reach it; the other is the same host at its own port.
import type { Endpoint } from '../../store/rotation-tables.ts'
import type { ServerKey } from './server-keys.ts'

export interface Addresses {
  /** The primary endpoint, unless the join key says otherwise: tcp://host:port. */
  announcedAddress: string
  /** The alternate one as agents reach it, where it is no port of the same host. */
  announcedAlternate?: string | undefined
  /** As they were bound. */
  boundAt: Partial<Record<Endpoint, string>>
}

/** @param said the primary address as this agent was told it */
export function addressOf(
  { announcedAddress, announcedAlternate, boundAt }: Addresses,
  { endpoint }: Pick<ServerKey, 'endpoint'>,
  said: string | undefined,
): string {
  const primary = said ?? announcedAddress
  if (endpoint === 'primary') return primary
  const alternate = announcedAlternate ?? boundAt.alternate
  if (alternate === undefined) throw new Error('the alternate endpoint is not open')
  if (announcedAlternate !== undefined && primary === announcedAddress) return announcedAlternate
  return `${hostOf(primary)}${portOf(alternate)}`
}

/** `tcp://host` and `:port` of an address, of IPv6 too. */
const hostOf = (address: string) => address.slice(0, address.lastIndexOf(':'))
const portOf = (address: string) => address.slice(address.lastIndexOf(':'))
