// Output and artifacts, which come in megabytes. They have a connection of their own, which rests
// as long as it worked: however many read them, half of a core is left to the calls.
import { currentAsker } from '@xerotier/runtime/asker.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { createShares } from '@xerotier/runtime/shares.ts'
import pg from 'pg'
import { copyOut } from './copy-out.ts'
import { type StreamName, streamNumbers } from './output-streams.ts'

export interface StoredPiece {
  seq: number
  data: Buffer
}

/** Both answer a page, in order: nothing when there is nothing after `afterSeq`. */
export interface Pieces {
  output(
    of: { executionId: string; attempt: number; stream: StreamName | undefined },
    afterSeq: number,
  ): Promise<StoredPiece[]>
  artifact(artifactId: string, afterSeq: number): Promise<StoredPiece[]>
}

/** Others have their turn after each page. */
const bytesPerPage = 256 * 1024
const piecesPerPage = 256
/** Who reads fast is not slowed down more than this after each page. */
const longestRestMs = 25

/** @param pool of one connection */
export function createPieces(pool: pg.Pool, clock: Clock): Pieces {
  const turns = createShares({ width: 1 })

  async function select(rows: string): Promise<StoredPiece[]> {
    const client = await pool.connect()
    try {
      const found = await copyOut(client, rows)
      client.release()
      return found.map(([seq, data]) => ({ seq: seq?.readInt32BE() ?? 0, data: data ?? Buffer.alloc(0) }))
    } catch (error) {
      // What it still sends would be the answer to the next.
      client.release(true)
      throw error
    }
  }

  function read(rows: string): Promise<StoredPiece[]> {
    return new Promise((resolve, reject) => {
      void turns.take(currentAsker(), async () => {
        const from = clock.monotonic()
        await select(rows).then(resolve, reject)
        const rest = Math.min(longestRestMs, clock.monotonic() - from)
        await new Promise<void>((rested) => clock.after(rest, rested))
      })
    })
  }

  return {
    output: ({ executionId, attempt, stream }, afterSeq) =>
      read(
        pageOf(
          'execution_output',
          `execution_id = ${pg.escapeLiteral(executionId)} and attempt = ${Math.trunc(attempt)}
            ${stream === undefined ? '' : `and stream = ${streamNumbers[stream]}`}`,
          afterSeq,
        ),
      ),
    artifact: (artifactId, afterSeq) =>
      read(pageOf('artifact_chunks', `artifact_id = ${pg.escapeLiteral(artifactId)}`, afterSeq)),
  }
}

/** A piece says its length unread. */
function pageOf(table: string, which: string, afterSeq: number): string {
  return `select seq, data from (
      select seq, data, sum(octet_length(data)) over (order by seq) - octet_length(data) as before
      from ${table} where ${which} and seq > ${Math.trunc(afterSeq)} order by seq limit ${piecesPerPage}
    ) piece where before < ${bytesPerPage} order by seq`
}
