import { group } from '../../command.ts'
import { exportsCreate } from './create.ts'
import { exportsDelete } from './delete.ts'
import { exportsDownload } from './download.ts'
import { exportsList } from './list.ts'
import { exportsStatus } from './status.ts'

export const exports = group({
  name: 'exports',
  summary: 'Archives of what happened, for a postmortem or another system',
  members: [exportsList, exportsCreate, exportsStatus, exportsDownload, exportsDelete],
  bare: {
    list: exportsList,
    show: exportsStatus,
    actions: { create: exportsCreate, download: exportsDownload, delete: exportsDelete },
  },
})
