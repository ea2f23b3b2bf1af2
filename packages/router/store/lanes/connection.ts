// One lane's connection: prepared statements with plans that cannot fall into a table scan.
import pg from 'pg'
import { answersInTime } from '../in-time.ts'
import { createBinaryWriter, parameter } from './binary.ts'
import { type PartItems, type PartName, partNames, parts } from './parts.ts'
import { type Parameter, runPrepared } from './query.ts'
import { statementFor } from './statement.ts'

export interface BatchItem {
  part: PartName
  item: PartItems[PartName]
}

export interface LaneConnection {
  /** Runs the batch as one statement. Answers the keys of the items whose rows were written. */
  execute(batch: BatchItem[]): Promise<Set<string>>
  keyOf(item: BatchItem): string
  connectionLost(error: unknown): boolean
  /** False when the database is still away. */
  reconnect(): Promise<boolean>
  close(): Promise<void>
}

export type OnConnect = (client: pg.ClientBase) => Promise<void>

/** An item holds what its column cannot: the item is at fault, not the connection. */
class UnwritableItem extends Error {}

/**
 * Plans that may only look up by index. The planner takes each array for 100 rows, and would read a
 * young table whole. Generic plans save planning; JIT would cost more than the statement.
 */
export const planGuard =
  '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off -c jit=off -c plan_cache_mode=force_generic_plan'

/** @param onConnect what a connection must pass before it is used */
export async function openLaneConnection(
  databaseUrl: string,
  onConnect: OnConnect = async () => {},
): Promise<LaneConnection> {
  let client = await connect(databaseUrl, onConnect)
  let writer = createBinaryWriter()
  const keyOf = ({ part, item }: BatchItem) => (isPiece(part) ? part : `${part} ${item.id}`)

  /** The parameters of the statement. @throws UnwritableItem */
  function parametersOf(byPart: ReadonlyMap<PartName, object[]>, alone: boolean): Parameter[] {
    const values: Parameter[] = []
    // This lane has one batch at a time.
    writer.reset()
    for (const name of partNames) {
      const items = byPart.get(name)
      if (items === undefined) continue
      for (const [column, type] of parts[name].columns) {
        try {
          values.push(
            alone ? parameter((items[0] as Record<string, unknown>)[column]) : writer.array(items, column, type),
          )
        } catch (cause) {
          throw new UnwritableItem(`a value for ${name}.${column} is no ${type}`, { cause })
        }
      }
    }
    return values
  }

  return {
    keyOf,
    async execute(batch) {
      const byPart = new Map<PartName, PartItems[PartName][]>()
      for (const { part, item } of batch) {
        const items = byPart.get(part)
        if (items === undefined) byPart.set(part, [item])
        else items.push(item)
      }
      const alone = batch.length === 1
      const values = parametersOf(byPart, alone)
      const statement = statementFor(new Set(byPart.keys()), alone)
      const rows = await runPrepared(client, statement, values)
      const written = new Set(rows.map(([part, id]) => `${part} ${id}`))
      // A piece of output that is there already was written before: either way it is stored.
      for (const part of byPart.keys()) if (isPiece(part)) written.add(part)
      return written
    },
    connectionLost: (error) =>
      error instanceof pg.DatabaseError
        ? /^(57P0|08|53300)/.test(error.code ?? '')
        : !(error instanceof UnwritableItem),
    async reconnect() {
      client.end().catch(() => {})
      // What it has not sent yet may still be on its way.
      writer = createBinaryWriter()
      try {
        client = await connect(databaseUrl, onConnect)
        return true
      } catch {
        return false
      }
    },
    close: () => client.end(),
  }
}

function isPiece(part: PartName): boolean {
  return part === 'output' || part === 'artifact'
}

async function connect(databaseUrl: string, onConnect: OnConnect): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'xerotier-router-lane',
    options: planGuard,
    // A connection into a black hole is given up and made anew: a batch can be repeated.
    connectionTimeoutMillis: 5_000,
  })
  answersInTime(client, 20_000)
  // A lost connection shows in the next query; without a listener it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('set synchronous_commit = on')
    await onConnect(client)
  } catch (error) {
    client.end().catch(() => {})
    throw error
  }
  return client
}
