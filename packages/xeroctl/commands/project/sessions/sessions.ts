import { group } from '../../../command.ts'
import { sessionsEnd } from './end.ts'
import { sessionsList } from './list.ts'

export const sessions = group({
  name: 'sessions',
  summary: 'Who is logged in at the dashboard, and looks at the project; for owners',
  members: [sessionsList, sessionsEnd],
  bare: { list: sessionsList },
})
