// What calls carry, sealed anew after the key was replaced: call by call, its pieces first. A row
// names the new key once all of it is, so that a router that was killed goes on where it was.

import { sql } from 'kysely'
import { isSealedError, openFields, sealError, sealedFor, sealJson, sealText } from '../../store/contents.ts'
import type { Tx } from '../../store/database.ts'
import {
  lockSealed,
  type SealedContents,
  type SealedPiece,
  type SealedTable,
  sealedTables,
  selectOtherKeys,
  selectPiecesSealedOtherwise,
  selectSealedBy,
} from '../../store/sealed-contents.ts'
import { write } from '../events/write.ts'
import type { Records } from '../records.ts'

/** Of 64 KiB at most each, in one transaction. */
const piecesPerStep = 16
/** After each step as long as it took, but no longer: half of the time is left to the calls. */
const longestRestMs = 50

export interface Reencryption {
  /** How many values are sealed with the current key now that were not. */
  changed: number
  /** How many no key of this router opens: the key that sealed them is missing. */
  lost: number
}

class Unreadable extends Error {}

function opened<T>(open: () => T): T {
  try {
    return open()
  } catch (cause) {
    throw new Unreadable('it was changed, or its key is another', { cause })
  }
}

/** @param prefix of what the current key has sealed */
export async function reencryptContents(core: Records, prefix: Buffer, batch: number): Promise<Reencryption> {
  const { db, contents } = core.store
  const sum: Reencryption = { changed: 0, lost: 0 }
  for (const table of sealedTables) {
    for (const { key, count } of await selectOtherKeys(db, table, contents.keyId)) {
      if (!contents.knows(key)) {
        sum.lost += count
        continue
      }
      for (let after: string | undefined; ; ) {
        const ids = await selectSealedBy(db, table, { key, after, limit: batch })
        for (const id of ids) {
          if (await reencryptRow(core, table, id, prefix)) sum.changed++
          else sum.lost++
        }
        if (ids.length < batch) break
        after = ids.at(-1)
      }
    }
  }
  return sum
}

/** @returns false when some of it cannot be opened: it stays as it is */
async function reencryptRow(core: Records, table: SealedTable, id: string, prefix: Buffer): Promise<boolean> {
  try {
    if (table === 'executions') while (await rested(core, () => reencryptPieces(core, id, prefix)));
    await rested(core, () => reencryptFields(core, table, id))
    return true
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    core.log.debug({ id, table, error }, 'what a call carries cannot be encrypted anew')
    return false
  }
}

/** @returns whether there may be more */
async function reencryptPieces(core: Records, id: string, prefix: Buffer): Promise<boolean> {
  const { db, contents } = core.store
  const { output, artifacts } = await selectPiecesSealedOtherwise(db, id, { prefix, limit: piecesPerStep })
  const again = (of: string, { data }: SealedPiece) =>
    contents.seal(
      of,
      opened(() => contents.open(of, data)),
    )
  await write(core, async ({ tx }) => {
    for (const piece of output)
      await updateOutputPiece(tx, piece, again(sealedFor.output(piece.of, piece.attempt, piece.seq), piece))
    for (const piece of artifacts)
      await updateArtifactPiece(tx, piece, again(sealedFor.artifact(piece.of, piece.seq), piece))
  })
  return output.length === piecesPerStep || artifacts.length === piecesPerStep
}

async function reencryptFields(core: Records, table: SealedTable, id: string): Promise<void> {
  const { contents } = core.store
  await write(core, async ({ tx }) => {
    const row = await lockSealed(tx, table, id)
    if (row !== undefined) await updateSealed(tx, table, { id, keyId: contents.keyId }, again(core, row))
  })
}

/** The fields that are sealed, as they are written. */
function again({ store: { contents } }: Records, row: SealedContents): Partial<SealedContents> {
  const { id } = row
  const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
  const stored = { ...row, args: json(row.args), result: json(row.result), error: json(row.error) }
  const { args, result, error, prompt, body } = opened(() => openFields(contents, stored))
  return {
    ...(args === undefined ? {} : { args: sealJson(contents, sealedFor.args(id), JSON.stringify(args)) }),
    ...(result === undefined ? {} : { result: sealJson(contents, sealedFor.result(id), JSON.stringify(result)) }),
    ...(isToolError(error) && isSealedError(stored.error)
      ? { error: sealError(contents, sealedFor.error(id), error) }
      : {}),
    ...(typeof prompt === 'string' ? { prompt: sealText(contents, sealedFor.prompt(id), prompt) } : {}),
    ...(typeof body === 'string' ? { body: sealText(contents, sealedFor.body(id), body) } : {}),
  }
}

function isToolError(error: unknown): error is { code: string; message: string } {
  return typeof error === 'object' && error !== null && 'message' in error
}

async function rested<T>({ clock }: Records, work: () => Promise<T>): Promise<T> {
  const from = clock.monotonic()
  const done = await work()
  const rest = Math.min(longestRestMs, clock.monotonic() - from)
  await new Promise<void>((resolve) => clock.after(rest, resolve))
  return done
}

/** What is undefined stays. */
async function updateSealed(
  tx: Tx,
  table: SealedTable,
  { id, keyId }: { id: string; keyId: number },
  fields: Partial<Omit<SealedContents, 'id' | 'sealed_with'>>,
): Promise<void> {
  const set = Object.entries(fields).map(([name, value]) => {
    const isText = name === 'prompt' || name === 'body'
    return sql`${sql.ref(name)} = ${value}::${sql.raw(isText ? 'text' : 'jsonb')}`
  })
  await sql`update ${sql.table(table)} set ${sql.join([sql`sealed_with = ${keyId}`, ...set])} where id = ${id}`.execute(
    tx,
  )
}

async function updateOutputPiece(tx: Tx, { of, attempt, seq }: SealedPiece, data: Buffer): Promise<void> {
  await tx
    .updateTable('execution_output')
    .set({ data })
    .where('execution_id', '=', of)
    .where('attempt', '=', attempt)
    .where('seq', '=', seq)
    .execute()
}

async function updateArtifactPiece(tx: Tx, { of, seq }: SealedPiece, data: Buffer): Promise<void> {
  await tx.updateTable('artifact_chunks').set({ data }).where('artifact_id', '=', of).where('seq', '=', seq).execute()
}
