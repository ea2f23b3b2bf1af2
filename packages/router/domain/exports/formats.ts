// One record as one line.
import type { ExportFormat } from '@xerotier/protocol/api/exports.ts'
import { memberOf } from '@xerotier/protocol/record.ts'

type Row = Readonly<Record<string, unknown>>

/** The first line; none where lines say their own names. */
export function headOf(format: ExportFormat, row: Row): string {
  return format === 'csv' ? `${Object.keys(row).join(',')}\r\n` : ''
}

export function lineOf(format: ExportFormat, row: Row): string {
  switch (format) {
    case 'ndjson':
      return `${JSON.stringify(row)}\n`
    case 'csv':
      return `${Object.values(row).map(csvCell).join(',')}\r\n`
    case 'cef':
      return `${cefOf(row)}\n`
    case 'ocsf':
      return `${JSON.stringify(ocsfOf(row))}\n`
  }
}

/** RFC 4180. What a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const textOf = (value: unknown) => (value === null || value === undefined ? '' : String(value))
const timeOf = ({ at_us }: Row) => Math.floor(Number(at_us) / 1000)
/** What was refused, or ended badly. */
export const isRefusal = ({ kind }: Row) => /refused|rejected|failed|revoked/.test(textOf(kind))

/** ArcSight Common Event Format, version 0. */
function cefOf(row: Row): string {
  const inHeader = (text: string) => text.replaceAll(/[\\|]/g, '\\$&').replaceAll(/[\r\n]/g, ' ')
  const inValue = (text: string) => text.replaceAll(/[\\=]/g, '\\$&').replaceAll(/\r?\n/g, '\\n')
  const fields: [string, unknown][] = [
    ['rt', timeOf(row)],
    ['externalId', row.seq],
    ['suid', row.actor],
    ['cs1Label', 'key'],
    ['cs1', row.actor_key],
    ['app', row.door],
    ['cs2Label', 'execution'],
    ['cs2', row.execution],
    ['cs3Label', 'agent'],
    ['cs3', row.agent],
    ['cs4Label', 'workspace'],
    ['cs4', row.workspace],
    ['src', memberOf(row.data, 'address')],
    ['msg', JSON.stringify(row.data)],
  ]
  const extension = fields
    .filter(([, value]) => textOf(value) !== '')
    .map(([name, value]) => `${name}=${inValue(textOf(value))}`)
  const kind = inHeader(textOf(row.kind))
  return `CEF:0|Xerotier|XEM|1|${kind}|${kind}|${isRefusal(row) ? 6 : 3}|${extension.join(' ')}`
}

/** OCSF 1.3, class API Activity (6003). */
function ocsfOf(row: Row): object {
  return {
    class_uid: 6003,
    category_uid: 6,
    activity_id: 99,
    type_uid: 600399,
    severity_id: isRefusal(row) ? 3 : 1,
    status_id: isRefusal(row) ? 2 : 1,
    time: timeOf(row),
    metadata: { version: '1.3.0', uid: textOf(row.seq), product: { name: 'XEM', vendor_name: 'Xerotier' } },
    actor: { user: { uid: row.actor, credential_uid: row.actor_key } },
    api: { operation: row.kind, service: { name: textOf(row.door) } },
    resources: [row.execution, row.approval, row.agent, row.workspace]
      .filter((uid) => typeof uid === 'string')
      .map((uid) => ({ uid })),
    unmapped: row.data,
  }
}
