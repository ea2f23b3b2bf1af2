import type { JoinKey } from '@xerotier/protocol/api/join-keys.ts'
import type { RecordView, View } from '../output/view.ts'

export const joinKeyView: View<JoinKey> = {
  name: (key) => key.id,
  columns: [
    { header: 'ID', value: (key) => key.id },
    { header: 'NAME', value: (key) => key.name },
    { header: 'STATUS', value: (key) => ({ word: key.state }) },
    { header: 'ROLE', value: (key) => key.role, dropOrder: 1 },
    { header: 'REGION', value: (key) => key.region, dropOrder: 2 },
    { header: 'EXPIRES', value: (key) => ({ due: key.expires_at }), dropOrder: 3 },
    { header: 'ROUTER', value: (key) => key.router_addr, wide: true },
    { header: 'CREATED', value: (key) => ({ time: key.created_at }), wide: true },
    { header: 'CONSUMED BY', value: (key) => key.consumed_by, wide: true },
  ],
}

export const joinKeyRecord: RecordView<JoinKey> = {
  name: joinKeyView.name,
  detail: (key) => ({
    fields: [
      ['Id', key.id],
      ['Name', key.name],
      ['Status', { word: key.state }],
      ['Role', key.role],
      ['Region', key.region],
      ['Wants approval', key.require_approval],
      ['Router address', key.router_addr],
      ['Created', { time: key.created_at }],
      ['Expires', { due: key.expires_at }],
      ['Consumed', { time: key.consumed_at }],
      ['Consumed by', key.consumed_by],
      ['Revoked', { time: key.revoked_at }],
    ],
  }),
}
