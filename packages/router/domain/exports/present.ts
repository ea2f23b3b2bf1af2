import type { Export } from '@xerotier/protocol/api/exports.ts'
import type { ExportRow } from '../../store/tables.ts'

export function presentExport(row: ExportRow): Export {
  const { id, type, format, state, created_by, rows, bytes, sha256, error } = row
  return {
    id,
    object: 'export',
    type,
    format,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    workspace: row.workspace_id,
    state,
    created_by,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
    rows,
    bytes,
    sha256,
    error,
  }
}
