import type { Retention } from '@xerotier/protocol/api/retention.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { command } from '../../command.ts'
import { UsageError } from '../../exit-codes.ts'
import { number, type Option, oneOf, someOf, text } from '../../options.ts'
import { projectRecord } from '../../views/project.ts'
import { vocabulary } from '../../vocabulary.data.ts'

const forever = 'forever'

/** Days, or for ever. */
function days(summary: string): Option<number | null | undefined> {
  const count = number('', { min: 1, max: limits.retentionDaysMax })
  return {
    ...text(`${summary}, in days, or ${forever}`, { placeholder: 'days' }),
    parse(values, flag) {
      if (values.at(-1) === forever) return null
      try {
        return count.parse(values, flag)
      } catch (error) {
        throw error instanceof UsageError ? new UsageError(error.message, `${forever} keeps them.`) : error
      }
    },
  }
}

export const projectUpdate = command({
  name: 'update',
  summary: 'Change the settings of the project',
  options: {
    name: text('Name for people', { placeholder: 'name' }),
    selfApproval: oneOf('Whether requesters may approve their own calls: for one-person projects', ['allow', 'refuse']),
    encryptCalls: oneOf('Whether arguments, results and output of calls from now on are encrypted in the database', [
      'yes',
      'no',
    ]),
    requiredLogin: someOf('By what people must come in at the dashboard, one of these', [
      ...vocabulary.strongLogins,
      'any',
    ]),
    keepExecutions: days('How long calls are kept after they ended'),
    keepOutput: days('How long their output is'),
    keepArtifacts: days('How long their artifacts are'),
    keepEvents: days('How long events are, of which the audit log is made'),
  },
  notes:
    'What has had its time is removed within the hour, and for good. What somebody has yet to decide about stays, and all while an incident is open. Approvals are kept for ever.',
  examples: [
    'xeroctl project update --name "Acme production" --self-approval refuse',
    'xeroctl project update --keep-executions 180 --keep-output 14',
    'xeroctl project update --encrypt-calls yes',
    'xeroctl project update --required-login passkey,provider',
  ],
  async run({ cli, options }) {
    const { name, selfApproval, encryptCalls, requiredLogin, keepExecutions, keepOutput, keepArtifacts, keepEvents } =
      options
    const retention: { [Setting in keyof Retention]: number | null | undefined } = {
      executions_days: keepExecutions,
      output_days: keepOutput,
      artifacts_days: keepArtifacts,
      events_days: keepEvents,
    }
    const keeps = Object.values(retention).some((value) => value !== undefined)
    if (
      name === undefined &&
      selfApproval === undefined &&
      encryptCalls === undefined &&
      requiredLogin.length === 0 &&
      !keeps
    )
      throw new UsageError(
        'give --name, --self-approval, --encrypt-calls, --required-login, or what --keep-executions, --keep-output and others change',
      )
    const allow_self_approval = selfApproval === undefined ? undefined : selfApproval === 'allow'
    const encrypt_calls = encryptCalls === undefined ? undefined : encryptCalls === 'yes'
    const isAny = requiredLogin.includes('any')
    if (isAny && requiredLogin.length > 1) throw new UsageError('any stands alone')
    const required_login =
      requiredLogin.length === 0 ? undefined : vocabulary.strongLogins.filter((one) => requiredLogin.includes(one))
    const body = { name, allow_self_approval, encrypt_calls, required_login, ...(keeps ? { retention } : {}) }
    const project = await cli.write('project.update', { body })
    if (project === undefined) return
    if (encryptCalls === 'yes')
      cli.say('calls from now on are encrypted; those before stay in the clear until retention removes them')
    if (encryptCalls === 'no') cli.say('calls from now on are in the clear; those before stay encrypted')
    await cli.print.record(projectRecord, project)
  },
})
