import type { Export } from '@xerotier/protocol/api/exports.ts'
import type { RecordView, View } from '../output/view.ts'

export const exportView: View<Export> = {
  name: ({ id }) => id,
  columns: [
    { header: 'ID', value: ({ id }) => id },
    { header: 'TYPE', value: ({ type }) => type },
    { header: 'STATE', value: ({ state }) => ({ word: state }) },
    { header: 'ROWS', value: ({ rows }) => rows },
    { header: 'FORMAT', value: ({ format }) => format, dropOrder: 4 },
    { header: 'SINCE', value: ({ since }) => since, dropOrder: 3 },
    { header: 'UNTIL', value: ({ until }) => until, dropOrder: 2 },
    { header: 'EXPIRES', value: ({ expires_at }) => ({ due: expires_at }), dropOrder: 1 },
    { header: 'BYTES', value: ({ bytes }) => bytes, wide: true },
  ],
}

export const exportRecord: RecordView<Export> = {
  name: ({ id }) => id,
  detail: (made) => ({
    fields: [
      ['Id', made.id],
      ['Type', made.type],
      ['Format', made.format],
      ['Since', made.since],
      ['Until', made.until],
      ['Workspace', made.workspace],
      ['State', { word: made.state }],
      ['Rows', made.rows],
      ['Bytes', made.bytes],
      ['SHA-256', made.sha256],
      ['Error', made.error],
      ['Created', { time: made.created_at }],
      ['By', made.created_by],
      ['Finished', { time: made.finished_at }],
      ['Expires', { due: made.expires_at }],
    ],
  }),
}
