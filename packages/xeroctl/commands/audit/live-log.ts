// The log of a running router, as a verifier reads it.
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { ApiError } from '@xerotier/client/api-error.ts'
import type { Client } from '@xerotier/client/client.ts'
import type { AuditLog, Cosignature } from '@xerotier/protocol/api/audit.ts'
import { beginningOf } from '@xerotier/runtime/tlog/beginning.ts'
import { type NoteKey, parseVerifierKey } from '@xerotier/runtime/tlog/note.ts'
import type { Replaced } from '@xerotier/runtime/tlog/replaced.ts'
import { tilePath } from '@xerotier/runtime/tlog/tiles.ts'
import type { LogSource } from '@xerotier/runtime/tlog/verify.ts'
import { UsageError } from '../../exit-codes.ts'

/** A million records take a quarter of a minute or more to read. */
const timeoutMs = 600_000

export function liveLog(client: Client, log: AuditLog, key: NoteKey): LogSource {
  const from = log.first_index
  return {
    note: log.checkpoint ?? '',
    key,
    from,
    to: log.size,
    strays: log.strays,
    beginningOf,
    seen: log.kept_checkpoint === null ? [] : [log.kept_checkpoint],
    cosigned: log.cosignatures.map(({ checkpoint, verifier_key, replaced }) => ({
      checkpoint,
      key: keyOf(verifier_key, 'the key of an agent'),
      replaced: replaced.map(replacedOf),
    })),
    async *entries() {
      if (from === log.size) return
      for await (const line of linesOf(client, from, log.size)) yield line === 'null' ? null : line
    },
    tile: (level, n, width) => readTile(client, { level, n, width }),
  }
}

export async function* linesOf(client: Client, from: number, to: number): AsyncGenerator<string> {
  const { body } = await client.bytes('audit.entries', { query: { from, to }, timeoutMs })
  const input = Readable.fromWeb(body)
  // An error of the stream does not end its lines.
  const failed = new Promise<never>((_, reject) => void input.once('error', reject))
  failed.catch(() => {})
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  while (true) {
    const next = await Promise.race([lines.next(), failed])
    if (next.done === true) return
    yield next.value
  }
}

/** Undefined where there is none. */
export async function readTile(
  client: Client,
  place: { level: number; n: number; width: number },
): Promise<Buffer | undefined> {
  const [, level = '', tile = '', below, last] = tilePath(place).split('/')
  const input = { level, tile }
  try {
    const { body } =
      below === undefined
        ? await client.bytes('audit.tile', { params: input })
        : last === undefined
          ? await client.bytes('audit.tileBelow', { params: { ...input, below } })
          : await client.bytes('audit.tileFarBelow', { params: { ...input, below, last } })
    return Buffer.from(await new Response(body).arrayBuffer())
  } catch (error) {
    if (error instanceof ApiError && error.code === 'audit_tile_not_found') return undefined
    throw error
  }
}

/** @throws UsageError */
export function replacedOf({ verifier_key, rotation_id, signature }: Cosignature['replaced'][number]): Replaced {
  return { key: keyOf(verifier_key, 'the key of an agent'), rotation_id, signature: Buffer.from(signature, 'hex') }
}

/** @throws UsageError for what is no key of a log */
export function keyOf(text: string, flag: string): NoteKey {
  const key = parseVerifierKey(text)
  if (key !== undefined) return key
  throw new UsageError(`${flag} must be a verifier key as \`xeroctl audit log\` shows it`)
}
