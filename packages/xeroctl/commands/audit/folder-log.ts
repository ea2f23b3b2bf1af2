// An exported log on a disk: `log.json`, `checkpoint`, `entries.ndjson`, and tiles where C2SP
// tlog-tiles puts them.
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Cosignature } from '@xerotier/protocol/api/audit.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { codeOf } from '@xerotier/protocol/thrown.ts'
import type { NoteKey } from '@xerotier/runtime/tlog/note.ts'
import { tilePath } from '@xerotier/runtime/tlog/tiles.ts'
import type { Cosigned, LogSource } from '@xerotier/runtime/tlog/verify.ts'
import { UsageError } from '../../exit-codes.ts'
import { keyOf, replacedOf } from './live-log.ts'

export interface FolderFacts {
  verifierKey: string
  from: number
  to: number
  cosigned: Cosigned[]
}

/** @throws UsageError when the folder holds no exported log */
export async function readFacts(folder: string): Promise<FolderFacts> {
  try {
    const facts: unknown = JSON.parse(await readFile(join(folder, 'log.json'), 'utf8'))
    const [verifier_key, from, to] = ['verifier_key', 'from', 'to'].map((name) => memberOf(facts, name))
    if (typeof verifier_key === 'string' && typeof from === 'number' && typeof to === 'number')
      return { verifierKey: verifier_key, from, to, cosigned: cosignedOf(memberOf(facts, 'cosignatures')) }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
  }
  throw new UsageError(`${folder} holds no exported audit log`, 'It has a log.json and a checkpoint.')
}

function cosignedOf(listed: unknown): Cosigned[] {
  if (!Array.isArray(listed)) return []
  return listed.flatMap((one) => {
    const [checkpoint, key] = [memberOf(one, 'checkpoint'), memberOf(one, 'verifier_key')]
    if (typeof checkpoint !== 'string' || typeof key !== 'string') return []
    const replaced = replacedBy(memberOf(one, 'replaced')).map(replacedOf)
    return [{ checkpoint, key: keyOf(key, 'the key of an agent'), replaced }]
  })
}

/** An export from before keys rotated has none. */
function replacedBy(listed: unknown): Cosignature['replaced'] {
  if (!Array.isArray(listed)) return []
  const found = listed.map((one) => ({
    verifier_key: memberOf(one, 'verifier_key'),
    rotation_id: memberOf(one, 'rotation_id'),
    signature: memberOf(one, 'signature'),
  }))
  return found.every(isReplaced) ? found : []
}

function isReplaced(one: Record<string, unknown>): one is Cosignature['replaced'][number] {
  return Object.values(one).every((value) => typeof value === 'string')
}

export async function folderLog(folder: string, { from, to, cosigned }: FolderFacts, key: NoteKey): Promise<LogSource> {
  return {
    note: await readFile(join(folder, 'checkpoint'), 'utf8'),
    key,
    from,
    to,
    cosigned,
    async *entries() {
      const input = createReadStream(join(folder, 'entries.ndjson'))
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
        yield line === 'null' ? null : line
    },
    async tile(level, n, width) {
      try {
        return await readFile(join(folder, tilePath({ level, n, width })))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
    },
  }
}
