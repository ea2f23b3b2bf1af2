import type { LegalHold } from '@xerotier/protocol/api/legal-holds.ts'
import type { RecordView, View } from '../output/view.ts'
import { shortId } from '../short-id.ts'
import { actorInFull } from './actor.ts'

const whole = 'the project'

export const legalHoldView: View<LegalHold> = {
  name: ({ id }) => id,
  columns: [
    { header: 'ID', value: ({ id }) => id },
    {
      header: 'HELD',
      value: ({ execution_id }) => execution_id ?? whole,
      short: ({ execution_id }) => (execution_id === null ? whole : shortId(execution_id)),
    },
    { header: 'SINCE', value: ({ placed_at }) => ({ time: placed_at }), dropOrder: 3 },
    { header: 'RELEASED', value: ({ released_at }) => ({ time: released_at }), dropOrder: 4 },
    { header: 'BY', value: (hold) => hold.placed_by_name ?? hold.placed_by, dropOrder: 2 },
    { header: 'INCIDENT', value: ({ incident }) => incident, dropOrder: 1 },
    { header: 'REASON', value: ({ reason }) => reason, shrink: true },
  ],
}

export const legalHoldRecord: RecordView<LegalHold> = {
  name: legalHoldView.name,
  detail: (hold) => ({
    fields: [
      ['Id', hold.id],
      ['Held', hold.execution_id ?? whole],
      ['Reason', hold.reason],
      ['Incident', hold.incident],
      ['Since', { time: hold.placed_at }],
      ['By', actorInFull(hold.placed_by, hold.placed_by_name)],
      ...(hold.released_by === null
        ? []
        : ([
            ['Released', { time: hold.released_at }],
            ['Released by', actorInFull(hold.released_by, hold.released_by_name)],
          ] as const)),
    ],
  }),
}
