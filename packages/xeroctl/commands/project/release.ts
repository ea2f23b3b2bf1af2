import { command } from '../../command.ts'
import { release } from '../legal-holds/holding.ts'

export const projectRelease = command({
  name: 'release',
  summary: 'Release the project: what has had its time goes within the hour; calls that are held stay',
  examples: ['xeroctl project release'],
  async run({ cli }) {
    await release(cli, null, 'the project')
  },
})
