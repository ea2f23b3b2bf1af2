import type { GrantKey, GrantKeys } from '@xerotier/protocol/api/grant-keys.ts'
import { rows } from '../output/detail.ts'
import type { Column } from '../output/table.ts'
import type { RecordView } from '../output/view.ts'

const columns: readonly Column<GrantKey>[] = [
  { header: 'KEY', value: ({ key_id }) => key_id },
  { header: 'STATUS', value: ({ state }) => ({ word: state }) },
  { header: 'MADE', value: ({ made_at }) => ({ time: made_at }), dropOrder: 1 },
  { header: 'BY', value: ({ made_by_name, made_by }) => made_by_name ?? made_by, dropOrder: 2 },
  { header: 'SIGNS UNTIL', value: ({ signs_until }) => ({ due: signs_until }) },
  { header: 'REASON', value: ({ reason }) => reason, shrink: true },
]

export const grantKeysRecord: RecordView<GrantKeys> = {
  name: ({ keys }) => keys[0]?.key_id ?? '',
  detail: ({ keys, unaware_agents }) => ({
    fields: [['Agents that know no other', String(unaware_agents)]],
    sections: [{ title: 'Keys', body: rows(columns, keys) }],
  }),
}
