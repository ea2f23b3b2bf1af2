// What the commands about the audit log send, and what they are answered.
import { auditLogSchema, auditRecordDetailSchema } from '@xerotier/protocol/api/audit.ts'
import { exportSchema } from '@xerotier/protocol/api/exports.ts'
import { at, digest, logEntry, page } from './records.fixture.ts'

export const auditSends: [words: string, request: string, body?: unknown][] = [
  ['audit', 'GET /audit/records?limit=20'],
  [
    'audit list --actor ada@example.com --subject agt_1 --kind agent,api_key.created --since 2026-01-01 --until 2026-02-01',
    'GET /audit/records?actor=ada%40example.com&subject=agt_1&kind=agent%2Capi_key.created&since=2026-01-01T00%3A00%3A00.000Z&until=2026-02-01T00%3A00%3A00.000Z&limit=20',
  ],
  ['audit 1-2', 'GET /audit/records/1-2'],
  ['audit show 1-2', 'GET /audit/records/1-2'],
  ['audit log', 'GET /audit/log'],
  ['exports', 'GET /exports?limit=20'],
  ['exports list --state completed,failed', 'GET /exports?state=completed%2Cfailed&limit=20'],
  [
    'exports create --type executions --since 2026-01-01 --until 2026-02-01 --workspace lab --format csv',
    'POST /exports',
    {
      type: 'executions',
      since: '2026-01-01T00:00:00.000Z',
      until: '2026-02-01T00:00:00.000Z',
      workspace: 'lab',
      format: 'csv',
    },
  ],
  ['exports status exp_1', 'GET /exports/exp_1'],
  ['exports exp_1', 'GET /exports/exp_1'],
  ['exports delete exp_1 -y', 'DELETE /exports/exp_1'],
]

export const exportRecord = exportSchema.parse({
  ...{ id: 'exp_1', object: 'export', type: 'executions', format: 'ndjson', since: at, until: at, workspace: null },
  ...{ state: 'completed', created_by: 'usr_1', created_at: at, finished_at: at, expires_at: at },
  ...{ rows: 3, bytes: 100, sha256: digest, error: null },
})

export function auditRecordOf(path: string): unknown {
  if (path.endsWith('/log'))
    return auditLogSchema.parse({
      object: 'audit_log',
      origin: 'xerotier-audit/proj_1',
      verifier_key: 'xerotier-audit/proj_1+00000000+AA==',
      size: 1,
      first_index: 0,
      sealed_at: at,
      checkpoint: null,
      kept_checkpoint: null,
      cosignatures: [],
      strays: [],
    })
  const record = { ...logEntry('agent.paused'), object: 'audit_record', index: 7 }
  return path.includes('/records/')
    ? auditRecordDetailSchema.parse({ ...record, entry: null, proof: null })
    : page(record)
}
