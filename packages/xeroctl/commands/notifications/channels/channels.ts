import { group } from '../../../command.ts'
import { channelsCreate } from './create.ts'
import { channelsDelete } from './delete.ts'
import { channelsList } from './list.ts'
import { channelsShow } from './show.ts'
import { channelsTest } from './test.ts'
import { channelsUpdate } from './update.ts'

export const channels = group({
  name: 'channels',
  summary: 'Channels where people are told: Slack, Teams, PagerDuty, mail',
  members: [channelsList, channelsShow, channelsCreate, channelsUpdate, channelsDelete, channelsTest],
  bare: { list: channelsList, show: channelsShow },
})
