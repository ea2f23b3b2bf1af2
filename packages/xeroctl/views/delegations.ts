import type { Delegation } from '@xerotier/protocol/api/delegations.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

export const delegationView: View<Delegation> = {
  name: (delegation) => delegation.id,
  columns: [
    // It is ended by its id: that outlasts what stands on its page.
    { header: 'ID', value: (delegation) => delegation.id },
    { header: 'KIND', value: (delegation) => delegation.kind, dropOrder: 3 },
    { header: 'STATUS', value: (delegation) => ({ word: delegation.state, text: statusOf(delegation) }) },
    { header: 'FROM', value: (delegation) => delegation.from_name ?? delegation.from, shrink: true },
    { header: 'TO', value: (delegation) => delegation.to_name ?? delegation.to, shrink: true },
    { header: 'RISKS', value: risksOf, dropOrder: 2 },
    { header: 'WORKSPACES', value: workspacesOf, shrink: true, dropOrder: 1 },
    {
      header: 'UNTIL',
      value: (delegation) => ({ due: delegation.ends_at }),
      shortHeader: 'LEFT',
      short: (delegation) => ({ left: delegation.ends_at }),
    },
    { header: 'NOTE', value: (delegation) => delegation.note, wide: true, shrink: true },
  ],
}

export const delegationRecord: RecordView<Delegation> = {
  name: delegationView.name,
  detail: (delegation) => ({
    fields: [
      ['Id', delegation.id],
      ['Kind', delegation.kind],
      ['Status', { word: delegation.state }],
      ['Counts for nothing', delegation.hindrance],
      ['From', actorInFull(delegation.from, delegation.from_name)],
      ['To', actorInFull(delegation.to, delegation.to_name)],
      ['Risks', risksOf(delegation)],
      ['Workspaces', workspacesOf(delegation)],
      ['Starts', delegation.state === 'upcoming' ? { due: delegation.starts_at } : { time: delegation.starts_at }],
      ['Until', { due: delegation.ends_at }],
      ['Note', delegation.note],
      ['Created', { time: delegation.created_at }],
      ['Created by', actorInFull(delegation.created_by, delegation.created_by_name)],
      ['Ended', { time: delegation.ended_at }],
      ['Ended by', actorInFull(delegation.ended_by, delegation.ended_by_name)],
    ],
  }),
}

/** What is active and counts for nothing must not look as if it counted. */
function statusOf({ state, hindrance }: Delegation): string {
  return hindrance === null ? state : `${state}, void`
}

function risksOf({ risks }: Delegation): string {
  return risks?.join(',') ?? 'all'
}

function workspacesOf({ workspaces }: Delegation): string {
  return workspaces?.map(({ name }) => name).join(', ') ?? 'all'
}
