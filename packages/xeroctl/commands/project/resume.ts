import { command } from '../../command.ts'
import { resume } from '../pauses/pausing.ts'

export const projectResume = command({
  name: 'resume',
  summary: 'End the pause of the project; those of agents, workspaces and tools go on',
  examples: ['xeroctl project resume'],
  async run({ cli }) {
    await resume(cli, { target: 'project' }, 'the project')
  },
})
