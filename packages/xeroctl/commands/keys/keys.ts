import { group } from '../../command.ts'
import { keysCreate } from './create.ts'
import { keysDelete } from './delete.ts'
import { keysIpFilter } from './ip-filter.ts'
import { keysList } from './list.ts'
import { keysQuota } from './quota.ts'
import { keysRotate } from './rotate.ts'
import { keysShow } from './show.ts'
import { keysWorkspaces } from './workspaces.ts'

export const keys = group({
  name: 'keys',
  summary: 'API keys: scopes, expiry, address filter, quota',
  members: [keysList, keysShow, keysCreate, keysRotate, keysDelete, keysIpFilter, keysQuota, keysWorkspaces],
  bare: {
    list: keysList,
    show: keysShow,
    actions: { create: keysCreate, delete: keysDelete, rotate: keysRotate, ipFilter: keysIpFilter, quota: keysQuota },
  },
})
