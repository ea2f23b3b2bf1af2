// The endpoints of the data plane: a primary and an alternate one, of which the keys of the router
// take the free one in turn.
import type { Broker } from './broker/broker.ts'
import type { DataSocket, Listener } from './broker/socket.ts'
import { loadServerKeys } from './domain/router-keys/load.ts'
import type { Listening } from './domain/router-keys/server-keys.ts'
import type { Endpoint } from './store/rotation-tables.ts'
import type { RouterKeyRow } from './store/tables.ts'

export interface EndpointOptions {
  /** tcp://host:port to listen on; port 0 takes a free one. */
  address: string
  /** The same for a second key of the router; default: the next port of that host. */
  alternate?: string | undefined
}

export interface DataPlane {
  /** Where each is to listen: a free port that was taken once is that of all keys after it. */
  readonly addresses: Record<Endpoint, string>
  /** Where those listen that do. */
  readonly boundAt: Partial<Record<Endpoint, string>>
  /** The keys that count now. */
  readonly keys: readonly RouterKeyRow[]
  readonly listeners: readonly Listener[]
}

/** Listens under every key that counts. */
export async function openEndpoints(
  records: Parameters<typeof loadServerKeys>[0],
  dataSocket: Pick<DataSocket, 'listen'>,
  { address, alternate }: EndpointOptions,
): Promise<DataPlane> {
  const addresses = { primary: address, alternate: alternate ?? nextPortOf(address) }
  const boundAt: DataPlane['boundAt'] = {}
  const listeners: Listener[] = []
  const loaded = await loadServerKeys(records)
  for (const { row, keys } of loaded) {
    const listener = await dataSocket.listen(row.id, keys, addresses[row.endpoint])
    boundAt[row.endpoint] = listener.bound
    if (portOf(addresses[row.endpoint]) === 0) addresses[row.endpoint] = listener.bound
    listeners.push(listener)
  }
  return { addresses, boundAt, listeners, keys: loaded.map(({ row }) => row) }
}

/** tcp://host:port at the port after it; of a free one another free one. */
function nextPortOf(address: string): string {
  const port = portOf(address)
  if (port === 0) return address
  return `${address.slice(0, address.lastIndexOf(':') + 1)}${port < 65535 ? port + 1 : port - 1}`
}

/** 0 where it takes a free one. */
const portOf = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1)) || 0

export function listeningOf(
  broker: Pick<Broker, 'listen' | 'unlisten'>,
  { addresses, boundAt }: Pick<DataPlane, 'addresses' | 'boundAt'>,
): Listening {
  return {
    async open(id, endpoint, keys) {
      const bound = await broker.listen(id, keys, addresses[endpoint])
      boundAt[endpoint] = bound
      if (portOf(addresses[endpoint]) === 0) addresses[endpoint] = bound
    },
    close: (id) => broker.unlisten(id),
  }
}
