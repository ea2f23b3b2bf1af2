import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { oneOf, text } from '../../options.ts'
import { projectRecord } from '../../views/project.ts'

export const projectUpdate = command({
  name: 'update',
  summary: 'Change the settings of the project',
  options: {
    name: text('Name for people', { placeholder: 'name' }),
    selfApproval: oneOf('Whether requesters may approve their own calls: for one-person projects', ['allow', 'refuse']),
  },
  examples: ['xeroctl project update --name "Acme production" --self-approval refuse'],
  async run({ cli, options: { name, selfApproval } }) {
    if (name === undefined && selfApproval === undefined) throw new UsageError('give --name or --self-approval')
    const allow_self_approval = selfApproval === undefined ? undefined : selfApproval === 'allow'
    const project = await cli.write('project.update', { body: { name, allow_self_approval } })
    if (project !== undefined) await cli.print.record(projectRecord, project)
  },
})
