import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

export const rotationView: View<Rotation> = {
  name: (rotation) => rotation.id,
  columns: [
    { header: 'ID', value: (rotation) => rotation.id, dropOrder: 2 },
    { header: 'KEY', value: (rotation) => rotation.use },
    { header: 'STATUS', value: (rotation) => ({ word: rotation.state }) },
    { header: 'ASKED', value: (rotation) => ({ time: rotation.requested_at }) },
    { header: 'BY', value: (rotation) => rotation.requested_by_name ?? rotation.requested_by, dropOrder: 3 },
    { header: 'CUT OVER', value: (rotation) => ({ time: rotation.completed_at }), dropOrder: 1 },
    { header: 'REASON', value: (rotation) => rotation.because ?? rotation.reason, shrink: true },
  ],
}

export const rotationRecord: RecordView<Rotation> = {
  name: rotationView.name,
  detail: (rotation) => ({
    fields: [
      ['Id', rotation.id],
      ['Agent', rotation.agent],
      ['Key', rotation.use],
      ['Status', { word: rotation.state }],
      ['Reason', rotation.reason],
      ['Asked by', actorInFull(rotation.requested_by, rotation.requested_by_name)],
      ['Asked', { time: rotation.requested_at }],
      ['Acknowledged', { time: rotation.acknowledged_at }],
      ['Cut over', { time: rotation.completed_at }],
      ['Old key until', { due: rotation.old_key_until }],
      ['Ended', { time: rotation.ended_at }],
      ...(rotation.because === null ? [] : [['Rolled back', rotation.because] as const]),
    ],
  }),
}

/** What became of one agent of several. */
export interface Rotated {
  agent: string
  agent_id: string
  rotation: Rotation | null
  /** Why there is none. */
  error: { code: string; message: string } | null
}

export const rotatedView: View<Rotated> = {
  name: ({ agent }) => agent,
  columns: [
    { header: 'AGENT', value: ({ agent }) => agent },
    { header: 'STATUS', value: ({ rotation }) => ({ word: rotation?.state ?? 'not rotated' }) },
    { header: 'CUT OVER', value: ({ rotation }) => ({ time: rotation?.completed_at ?? null }), dropOrder: 1 },
    { header: 'WHY', value: ({ rotation, error }) => error?.message ?? rotation?.because ?? null, shrink: true },
  ],
}
