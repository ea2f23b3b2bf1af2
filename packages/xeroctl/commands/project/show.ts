import { command } from '../../command.ts'
import { projectRecord } from '../../views/project.ts'

export const projectShow = command({
  name: 'show',
  summary: 'Show the project and its settings',
  examples: ['xeroctl project'],
  async run({ cli }) {
    await cli.print.record(projectRecord, await cli.client().call('project.show'))
  },
})
