import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { keysOf } from '@xerotier/protocol/table.ts'
import { listeningOn } from '@xerotier/runtime/listening.ts'
import { readNote, type State, writeNote } from './state.ts'

export interface Ports {
  http: number
  dataPlane: number
  /** The data plane's once the key of the router was replaced. */
  alternate: number
  metrics: number
}

const wanted: Record<keyof Ports, { variable: string; usual: number }> = {
  http: { variable: 'XEROTIER_HTTP_PORT', usual: 8080 },
  dataPlane: { variable: 'XEROTIER_DATA_PLANE_PORT', usual: 5555 },
  alternate: { variable: 'XEROTIER_DATA_PLANE_ALTERNATE_PORT', usual: 5556 },
  metrics: { variable: 'XEROTIER_XEM_METRICS_PORT', usual: 9095 },
}

/**
 * Ports on loopback: from the environment, else those of the last start, else the usual ones, else
 * free ones. `moved` names those that are not where one would look, with the reason. `routerMoved`
 * is true when an agent that enrolled before looks elsewhere.
 * @throws when the environment names one that is taken.
 */
export async function choosePorts(
  state: State,
  env: NodeJS.ProcessEnv,
): Promise<{ ports: Ports; moved: string[]; routerMoved: boolean }> {
  const last = readNote<Ports>(state, 'ports')
  const ports: Ports = { http: 0, dataPlane: 0, alternate: 0, metrics: 0 }
  const moved: string[] = []
  // Held until all are chosen, or the next one might get the same.
  const held: Server[] = []
  try {
    for (const name of keysOf(wanted)) {
      const { variable, usual } = wanted[name]
      const asked = env[variable]
      if (asked !== undefined && asked !== '') {
        const port = Number(asked)
        if (!Number.isInteger(port) || port < 0 || port > 65535)
          throw new Error(`${variable} must be a port, 0 to 65535`)
        const free = await hold(port, held)
        if (free === undefined) throw new Error(`${variable}: port ${port} is taken`)
        ports[name] = free
        continue
      }
      const expected = last[name] ?? usual
      const usable = (await hold(expected, held)) ?? (await hold(usual, held)) ?? (await hold(0, held))
      if (usable === undefined) throw new Error('no port of this machine is free')
      if (usable !== expected) moved.push(`port ${expected} is taken, using ${usable} (${variable} sets it)`)
      // Agents that were enrolled by hand dial where they were told: a port that moved once stays.
      else if (usable !== usual) moved.push(`port ${usable} as before, ${usual} was taken then (${variable} sets it)`)
      ports[name] = usable
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  writeNote(state, 'ports', ports)
  return {
    ports,
    moved,
    routerMoved:
      last.http !== undefined &&
      (last.http !== ports.http ||
        last.dataPlane !== ports.dataPlane ||
        (last.alternate !== undefined && last.alternate !== ports.alternate)),
  }
}

/** The port itself when it can be bound, for 0 one that can; undefined when it is taken. */
async function hold(port: number, held: Server[]): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return undefined
  }
  held.push(server)
  return listeningOn(server).port
}
