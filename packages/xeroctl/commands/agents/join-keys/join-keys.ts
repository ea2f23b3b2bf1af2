import { group } from '../../../command.ts'
import { joinKeysCreate } from './create.ts'
import { joinKeysList } from './list.ts'
import { joinKeysRevoke } from './revoke.ts'
import { joinKeysShow } from './show.ts'

export const joinKeys = group({
  name: 'join-keys',
  summary: 'Single-use keys with which agents enroll',
  members: [joinKeysList, joinKeysShow, joinKeysCreate, joinKeysRevoke],
  bare: {
    list: joinKeysList,
    show: joinKeysShow,
    actions: { create: joinKeysCreate, revoke: joinKeysRevoke },
  },
})
