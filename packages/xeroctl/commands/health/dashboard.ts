import { command } from '../../command.ts'
import { dashboardRecord } from '../../views/dashboard.ts'

export const healthDashboard = command({
  name: 'dashboard',
  summary: 'One look at services, fleet, queue, approvals, database, disk, duties and followers',
  notes:
    'What needs a look stands first, in sentences. Ends with 0 also when something does; scripts read `.status` of -o json: ok, degraded or failing.',
  examples: ['xeroctl health dashboard', "xeroctl health dashboard -o jsonpath='{.status}'"],
  async run({ cli }) {
    await cli.print.record(dashboardRecord, await cli.client().call('health.dashboard'))
  },
})
