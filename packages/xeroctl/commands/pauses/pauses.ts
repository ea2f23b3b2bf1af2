import { group } from '../../command.ts'
import { pausesCreate } from './create.ts'
import { pausesEnd } from './end.ts'
import { pausesList } from './list.ts'
import { pausesShow } from './show.ts'

export const pauses = group({
  name: 'pauses',
  summary: 'What is stopped: agents, workspaces, tools, the project; by whom, why, and until when',
  members: [pausesList, pausesShow, pausesCreate, pausesEnd],
  bare: { list: pausesList, show: pausesShow },
})
