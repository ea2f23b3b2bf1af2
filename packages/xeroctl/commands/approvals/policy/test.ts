import { command } from '../../../command.ts'
import { many, oneOf, required, text } from '../../../options.ts'
import { instant } from '../../../output/time.ts'
import { workspaceOption } from '../../../record-options.ts'
import { policyDecisionRecord } from '../../../views/policies.ts'
import { vocabulary } from '../../../vocabulary.data.ts'
import { jsonArguments, singleArguments } from '../../exec/call-arguments.ts'
import { readPolicyFile } from './file.ts'
import { versionOption } from './show.ts'

export const policyTest = command({
  name: 'test',
  summary: 'What a policy says of a call, and each of its rules',
  arguments: { 'policy?': 'Name or id; what decides in the workspace when it is not given' },
  options: {
    file: text('Try this file instead', { placeholder: 'file', short: 'f' }),
    version: versionOption('Of the policy; its draft, or else what decides, when it is not given'),
    workspace: required(workspaceOption('Where the call would be made (name or id)')),
    tool: required(text('Which tool', { placeholder: 'tool' })),
    args: text('Arguments: JSON, @file, or - for stdin', { placeholder: 'json' }),
    arg: many('One argument: name=value, or name:=json', { placeholder: 'name=value' }),
    risk: oneOf('Of the tool; needed where no agent offers it', vocabulary.risks),
    requester: text('E-mail of a person, or name of a key; you when it is not given', { placeholder: 'who' }),
    at: text('At this time instead of now', { placeholder: 'when' }),
  },
  examples: [
    'xeroctl approvals policy test -f prod.yaml -w kubernetes-prod --tool kubectl_delete --arg namespace=prod',
  ],
  async run({ cli, args: { policy }, options: { file, args, arg, at, ...options } }) {
    const document = file === undefined ? undefined : (await readPolicyFile(cli, file)).document
    const decision = await cli.client().call('policies.test', {
      body: {
        ...options,
        policy,
        document,
        args: { ...(await jsonArguments(cli, args)), ...singleArguments(arg, {}) },
        at: at === undefined ? undefined : instant(at, '--at', cli.surroundings.now()),
      },
    })
    await cli.print.record(policyDecisionRecord, decision)
  },
})
