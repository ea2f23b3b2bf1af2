import type { AuditLog, AuditRecord, AuditRecordDetail } from '@xerotier/protocol/api/audit.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { printable } from '../output/cell.ts'
import { rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull, cameWith } from './actor.ts'

export const auditRecordView: View<AuditRecord> = {
  name: ({ id }) => id,
  columns: [
    { header: 'AT', value: ({ at }) => at },
    { header: 'WHAT', value: ({ kind }) => kind },
    { header: 'BY', value: (record) => record.actor_name ?? record.actor },
    { header: 'ABOUT', value: aboutOf, dropOrder: 3 },
    { header: 'DOOR', value: ({ door }) => door, dropOrder: 1 },
    { header: 'ID', value: ({ id }) => id, dropOrder: 2 },
    { header: 'INDEX', value: ({ index }) => index, wide: true },
    { header: 'KEY', value: ({ actor_key }) => actor_key, wide: true },
    { header: 'DETAIL', value: ({ data }) => detailOf(data), shrink: true },
  ],
}

export const auditRecordDetail: RecordView<AuditRecordDetail> = {
  name: ({ id }) => id,
  detail: (record) => ({
    fields: [
      ['Id', record.id],
      ['What', record.kind],
      ['At', { time: record.at }],
      ['By', actorInFull(record.actor, record.actor_name)],
      ['Came with', cameWith(record.actor, record.actor_key, record.door)],
      ['Execution', record.execution_id],
      ['Approval', record.approval_id],
      ['Agent', record.agent_id],
      ['Workspace', record.workspace_id],
      ['Detail', detailOf(record.data)],
      ['Index', record.index ?? 'not sealed yet'],
    ],
    sections:
      record.proof === null
        ? []
        : [
            { title: 'Entry', body: record.entry ?? 'gone: its event is not there any more' },
            { title: `Proof of inclusion among ${record.proof.size} records`, body: record.proof.hashes.join('\n') },
            { title: 'Checkpoint', body: record.proof.checkpoint },
          ],
  }),
}

export const auditLogRecord: RecordView<AuditLog> = {
  name: ({ origin }) => origin,
  detail: (log) => ({
    fields: [
      ['Origin', log.origin],
      ['Records', log.size],
      ['First that is kept', log.first_index],
      ['Sealed', { time: log.sealed_at }],
      ['Seen by', seenBy(log.cosignatures)],
      ['Verifier key', log.verifier_key],
      ['Put in between', log.strays.length === 0 ? 'none' : log.strays.join(', ')],
    ],
    sections: [
      ...(log.checkpoint === null ? [] : [{ title: 'Checkpoint', body: log.checkpoint }]),
      ...(log.cosignatures.length === 0
        ? []
        : [
            {
              title: 'What was seen of it, and signed',
              body: rows(
                [
                  { header: 'WITNESS', value: (one) => one.agent_name ?? one.agent_id ?? keyName(one.verifier_key) },
                  { header: 'RECORDS', value: ({ size }) => size, right: true },
                  { header: 'SEEN', value: ({ seen_at }) => ({ time: seen_at }) },
                  { header: 'KEY', value: ({ verifier_key }) => verifier_key, shrink: true },
                ],
                log.cosignatures,
              ),
            },
          ]),
    ],
  }),
}

export interface ShownVerification {
  object: 'audit_verification'
  verified: boolean
  origin: string | null
  size: number | null
  root: string | null
  from: number
  records: number
  seen_by: readonly { name: string; size: number; at: string }[]
  findings: readonly { what: string; index: number | null; message: string }[]
}

export const verificationRecord: RecordView<ShownVerification> = {
  name: ({ origin }) => origin ?? '',
  detail: (found) => ({
    fields: [
      ['Result', found.verified ? 'verified' : 'NOT VERIFIED'],
      ['Origin', found.origin],
      ['Records', `${found.records}, from ${found.from}`],
      ['Size of the log', found.size],
      ['Root', found.root],
      ['Seen by', seenBy(found.seen_by)],
    ],
    sections: found.verified
      ? []
      : [
          {
            title: 'What does not fit, the first record first',
            body: rows(
              [
                { header: 'WHAT', value: ({ what }) => what },
                { header: 'RECORD', value: ({ index }) => index },
                { header: 'WHY', value: ({ message }) => message, shrink: true },
              ],
              found.findings,
            ),
          },
        ],
  }),
}

function seenBy(witnesses: readonly { size: number }[]): string {
  const [first] = [...witnesses].sort((a, b) => b.size - a.size)
  if (first === undefined) return 'nobody yet'
  return `${witnesses.length} ${witnesses.length === 1 ? 'witness' : 'witnesses'}, up to ${first.size} records`
}

/** A verifier key begins with its name. */
const keyName = (key: string) => key.slice(0, key.indexOf('+'))

export function auditLine({ at, kind, actor, actor_name, ...about }: AuditRecord): string {
  const words = [at, kind.padEnd(24), `by ${actor_name ?? actor}`, aboutOf(about) ?? '', detailOf(about.data) ?? '']
  return printable(words.filter((word) => word !== '').join('  '))
}

export function isAuditRecord(data: unknown): data is AuditRecord {
  return memberOf(data, 'object') === 'audit_record'
}

function aboutOf(of: Pick<AuditRecord, 'execution_id' | 'approval_id' | 'agent_id' | 'workspace_id'>): string | null {
  return of.execution_id ?? of.approval_id ?? of.agent_id ?? of.workspace_id
}

function detailOf(data: AuditRecord['data']): string | null {
  return Object.keys(data).length === 0 ? null : JSON.stringify(data)
}
