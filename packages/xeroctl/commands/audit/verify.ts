import { readFile } from 'node:fs/promises'
import type { Client } from '@xerotier/client/client.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type NoteKey, nextKeyOf, parseNote, verifierKey } from '@xerotier/runtime/tlog/note.ts'
import { type LogSource, type Verification, verifyLog } from '@xerotier/runtime/tlog/verify.ts'
import { command } from '../../command.ts'
import { exitCodes, UsageError } from '../../exit-codes.ts'
import { many, text } from '../../options.ts'
import { verificationRecord } from '../../views/audit.ts'
import { folderLog, readFacts } from './folder-log.ts'
import { keyOf, liveLog } from './live-log.ts'

export const auditVerify = command({
  name: 'verify',
  summary: 'Verify every record up to the signed checkpoint, and name what was changed',
  options: {
    from: text('Verify this export of `audit export`, or the `audit` folder of a bundle, without any router', {
      placeholder: 'folder',
    }),
    key: text('The verifier key, from where the router cannot change it; default: the one that comes with the log', {
      placeholder: 'key',
    }),
    agentKey: many(
      'This agent must have signed the log, under the key that it logs as it starts or one that this named; no others count',
      {
        placeholder: 'key',
      },
    ),
    seen: many('The log must begin with the checkpoint in this file: an agent keeps one in audit-head.json', {
      placeholder: 'file',
    }),
  },
  notes: `Ends with ${exitCodes.unproven.code} when something does not fit.`,
  examples: [
    'xeroctl audit verify',
    'xeroctl audit verify --agent-key <verifier-key> --seen audit-head.json',
    'xeroctl audit verify --from audit-2026-05 --key <verifier-key>',
  ],
  async run({ cli, options }) {
    const pinned = options.key === undefined ? undefined : keyOf(options.key, '--key')
    const witnesses = options.agentKey.map((text) => keyOf(text, '--agent-key'))
    // Before the log: an agent at work sees more of it meanwhile.
    const kept = await Promise.all(options.seen.map(readSeen))
    const source =
      options.from === undefined ? await ofRouter(cli.client(), pinned) : await ofFolder(options.from, pinned)
    const seen = [...(source.seen ?? []), ...kept.map(({ checkpoint }) => checkpoint)]
    const seenKeys = kept.flatMap(({ key }) => key ?? [])
    const found = await verifyLog({
      ...source,
      seen,
      seenKeys,
      witnesses: witnesses.length === 0 ? undefined : witnesses,
    })
    for (const key of seenKeys)
      if (found.findings.length === 0 && !key.publicKey.equals(source.key.publicKey))
        cli.say(`the log goes on from what was seen of it under another key, ${verifierKey(key)}`)
    const next = nextKeyIn(source.note)
    if (next !== undefined && found.findings.length === 0)
      cli.say(`the key of the log is replaced: keep ${verifierKey(next)} in the place of the one before`)
    await cli.print.record(verificationRecord, { object: 'audit_verification', from: source.from, ...factsOf(found) })
    return found.findings.length === 0 ? exitCodes.ok.code : exitCodes.unproven.code
  },
})

function nextKeyIn(note: string): NoteKey | undefined {
  try {
    return nextKeyOf(parseNote(note))
  } catch {
    return undefined
  }
}

/** @throws UsageError before anything is sealed */
async function ofRouter(client: Client, pinned: NoteKey | undefined): Promise<LogSource> {
  const log = await client.call('audit.log')
  if (log.checkpoint === null)
    throw new UsageError('nothing is sealed yet', 'Records are sealed within seconds: try again.')
  return liveLog(client, log, pinned ?? keyOf(log.verifier_key, 'the key of the router'))
}

async function ofFolder(folder: string, pinned: NoteKey | undefined): Promise<LogSource> {
  const facts = await readFacts(folder)
  return folderLog(folder, facts, pinned ?? keyOf(facts.verifierKey, 'the key of the export'))
}

interface Seen {
  checkpoint: string
  /** Of the log, as an agent keeps it beside the checkpoint. */
  key?: NoteKey
}

/** A signed note, or the file of an agent that holds one. @throws UsageError */
async function readSeen(path: string): Promise<Seen> {
  const content = await readFile(path, 'utf8').catch((error) => {
    throw new UsageError(`--seen ${path} cannot be read: ${messageOf(error)}`)
  })
  const file: unknown = content.startsWith('{') ? JSON.parse(content) : { checkpoint: content }
  const [checkpoint, key] = [memberOf(file, 'checkpoint'), memberOf(file, 'verifier_key')]
  if (typeof checkpoint === 'string' && checkpoint.includes('\n\n'))
    return { checkpoint, ...(typeof key === 'string' ? { key: keyOf(key, path) } : {}) }
  throw new UsageError(`--seen ${path} holds no checkpoint`)
}

function factsOf({ checkpoint, records, seenBy, findings }: Verification) {
  return {
    verified: findings.length === 0,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    root: checkpoint?.root.toString('base64') ?? null,
    records,
    seen_by: seenBy.map(({ name, size, at }) => ({ name, size, at: new Date(at * 1000).toISOString() })),
    findings,
  }
}
