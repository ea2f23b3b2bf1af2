import { command } from '../../command.ts'
import { required, text } from '../../options.ts'
import { agentOption } from '../../record-options.ts'
import { workspaceRecord } from '../../views/workspaces.ts'

export const workspacesBind = command({
  name: 'bind',
  summary: 'Let an agent serve a workspace',
  arguments: { workspace: 'Name or id' },
  offers: 'workspaces',
  options: {
    agent: required(agentOption('Name or id')),
    credentialsRef: text('Credential file of this workspace on the agent host', { placeholder: 'file name' }),
  },
  examples: ['xeroctl workspaces bind kubernetes-prod --agent xem-jumphost-01 --credentials-ref kubernetes-prod.yaml'],
  async run({ cli, args, options }) {
    const body = { agent: options.agent, credentials_ref: options.credentialsRef }
    const workspace = await cli.write('workspaces.bind', { params: { id: args.workspace }, body })
    if (workspace !== undefined) await cli.print.record(workspaceRecord, workspace)
  },
})
