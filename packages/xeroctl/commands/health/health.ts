import { group } from '../../command.ts'
import { healthDashboard } from './dashboard.ts'

export const health = group({
  name: 'health',
  summary: 'Whether everything that the project stands on works',
  members: [healthDashboard],
  bare: { list: healthDashboard },
})
