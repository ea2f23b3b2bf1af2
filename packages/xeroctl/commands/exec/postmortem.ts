import { ApiError } from '@xerotier/client/api-error.ts'
import type { Event } from '@xerotier/protocol/api/events.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { postmortem } from '../../investigate/postmortem.ts'
import { readList } from '../../list-options.ts'
import { text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { ofExecution } from '../../wrong-kind.ts'

export const execPostmortem = command({
  name: 'postmortem',
  summary: 'Write a postmortem in Markdown about some calls, filled in as far as the record knows',
  arguments: { 'executions...': 'Ids' },
  offers: 'executions',
  options: { incident: text('Id of the incident in your tracker', { placeholder: 'id' }) },
  notes:
    'Incident and window, affected invocations, root cause, detection, remediation actions, preventive follow-ups, and the commands that make the archive to attach. What only people know is marked "to be written". What was done to the agents is read with a key of the scope management.',
  examples: ['xeroctl exec postmortem <id> <id> --incident INC-42 > INC-42.md'],
  async run({ cli, args, options }) {
    const [first, ...others] = args.executions
    const records: [ExecutionDetail, ...ExecutionDetail[]] = [await recordOf(cli, first)]
    for (const one of others) records.push(await recordOf(cli, one))
    const agents = new Set(records.flatMap(({ attempts }) => attempts.flatMap(({ agent_id }) => agent_id ?? [])))
    const agentEvents = await eventsOf(cli, [...agents])
    const { self, clock } = cli
    await cli.print.text(postmortem({ id: options.incident, records, agentEvents, now: clock.now(), self }))
  },
})

async function recordOf(cli: Cli, reference: string): Promise<ExecutionDetail> {
  const id = await wholeId(cli, 'executions.list', reference)
  return ofExecution(cli, id, cli.client().call('executions.show', { params: { id } }))
}

const newest = 1_000

/** Undefined where the key may not read them. */
async function eventsOf(cli: Cli, agentIds: readonly string[]): Promise<Event[] | undefined> {
  const found: Event[] = []
  for (const id of agentIds) {
    try {
      const { data } = await readList(cli, 'agents.events', { params: { id } }, { limit: newest, after: undefined })
      found.push(...data)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'scope_insufficient') return undefined
      // A deleted agent has no events that can be asked for; what it did stands in the records.
      if (error.code !== 'agent_not_found') throw error
    }
  }
  return found
}
