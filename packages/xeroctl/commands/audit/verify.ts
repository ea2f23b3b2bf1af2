import type { Client } from '@xerotier/client/client.ts'
import type { NoteKey } from '@xerotier/runtime/tlog/note.ts'
import { type LogSource, type Verification, verifyLog } from '@xerotier/runtime/tlog/verify.ts'
import { command } from '../../command.ts'
import { exitCodes, UsageError } from '../../exit-codes.ts'
import { text } from '../../options.ts'
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
  },
  notes: `Ends with ${exitCodes.unproven.code} when something does not fit.`,
  examples: ['xeroctl audit verify', 'xeroctl audit verify --from audit-2026-05 --key <verifier-key>'],
  async run({ cli, options }) {
    const pinned = options.key === undefined ? undefined : keyOf(options.key, '--key')
    const source =
      options.from === undefined ? await ofRouter(cli.client(), pinned) : await ofFolder(options.from, pinned)
    const found = await verifyLog(source)
    await cli.print.record(verificationRecord, { object: 'audit_verification', from: source.from, ...factsOf(found) })
    return found.findings.length === 0 ? exitCodes.ok.code : exitCodes.unproven.code
  },
})

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

function factsOf({ checkpoint, records, findings }: Verification) {
  return {
    verified: findings.length === 0,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    root: checkpoint?.root.toString('base64') ?? null,
    records,
    findings,
  }
}
