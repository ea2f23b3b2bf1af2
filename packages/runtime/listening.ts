import type { AddressInfo, Server } from 'node:net'

/** Where a server listens. @throws when it does not, or on a path. */
export function listeningOn(server: Pick<Server, 'address'>): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no TCP port')
  return address
}
