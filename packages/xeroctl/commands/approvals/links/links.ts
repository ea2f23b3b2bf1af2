import { group } from '../../../command.ts'
import { linksCreate } from './create.ts'
import { linksList } from './list.ts'
import { linksRevoke } from './revoke.ts'

export const links = group({
  name: 'links',
  summary: 'One-time links in mails, with which people decide',
  members: [linksList, linksCreate, linksRevoke],
  bare: { list: linksList },
})
