import type { Candidate } from '@xerotier/protocol/api/candidates.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

export const candidateView: View<Candidate> = {
  name: (candidate) => candidate.id,
  columns: [
    { header: 'ID', value: (candidate) => candidate.id },
    { header: 'NAME', value: (candidate) => candidate.name },
    { header: 'STATUS', value: (candidate) => ({ word: candidate.state }) },
    { header: 'HOST', value: (candidate) => candidate.hostname, dropOrder: 2 },
    { header: 'KEY ID', value: (candidate) => candidate.key_id, dropOrder: 3 },
    { header: 'ASKED', value: (candidate) => ({ time: candidate.requested_at }), dropOrder: 1 },
  ],
}

export const candidateRecord: RecordView<Candidate> = {
  name: candidateView.name,
  detail: (candidate) => ({
    fields: [
      ['Id', candidate.id],
      ['Name', candidate.name],
      ['Status', { word: candidate.state }],
      ['Role', candidate.role],
      ['Host', candidate.hostname],
      ['Version', candidate.version],
      ['Key id', candidate.key_id],
      ['Join key', candidate.join_key_id],
      ['Asked', { time: candidate.requested_at }],
      ['Expires', { due: candidate.expires_at }],
      ['Decided', { time: candidate.decided_at }],
      ['Decided by', actorInFull(candidate.decided_by, candidate.decided_by_name)],
      ['Note', candidate.note],
      ['Agent', candidate.agent_id],
    ],
  }),
}
