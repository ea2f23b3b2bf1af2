// The postmortem of an incident, filled in as far as the record knows. What only people know is
// left for them, and says what belongs there.
import type { Event } from '@xerotier/protocol/api/events.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { milliseconds } from '@xerotier/protocol/duration.ts'
import { who, whyOf } from '@xerotier/protocol/explain/why.ts'
import { reviewed } from '@xerotier/protocol/reviewed.ts'

export interface Incident {
  id: string | undefined
  records: readonly [ExecutionDetail, ...ExecutionDetail[]]
  /** Of the agents that had the calls; undefined where the key may not read them. */
  agentEvents: readonly Event[] | undefined
  now: number
  /** How xeroctl was called. */
  self: string
}

interface Action {
  at: string
  text: string
}

/** Markdown, with the seven fields of a postmortem. */
export function postmortem(incident: Incident): string {
  const { records, id } = incident
  const window = windowOf(incident)
  const actions = actionsOf(incident, window)
  const sections: [title: string, lines: readonly string[]][] = [
    [
      '1. Incident and window',
      [`- Incident: ${id === undefined ? open('the id in your tracker') : text(id)}`, ...windowLines(window)],
    ],
    ['2. Affected invocations', affected(records)],
    ['3. Root cause', rootCause(records)],
    ['4. Detection', detection(records, actions)],
    ['5. Remediation actions', remediation(incident, actions)],
    ['6. Preventive follow-ups', followUps(records)],
    ['7. Archive', archive(incident, window)],
    ['Timeline', timeline(records, actions)],
  ]
  const title = `# Postmortem${id === undefined ? '' : ` ${text(id)}`}`
  const body = sections.map(([heading, lines]) => `## ${heading}\n\n${lines.join('\n')}\n`)
  return `${[title, ...body].join('\n\n').replace(/\n{3,}/g, '\n\n')}`
}

/** What people have to write. */
const open = (what: string) => `_to be written: ${what}_`

/** Names and reasons come from others: nothing in them makes Markdown of its own. */
function text(value: string): string {
  return reviewed(value.replace(/\s+/g, ' ')).replace(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&')
}

interface Window {
  from: string
  until: string
  /** Not all calls have ended. */
  goesOn: boolean
}

function windowOf({ records, now }: Incident): Window {
  const ends = records.map(({ finished_at, transitions }) => finished_at ?? transitions.at(-1)?.at)
  const goesOn = records.some(({ state }) => ['pending_approval', 'queued', 'dispatched', 'running'].includes(state))
  return {
    from: first(records.map(({ created_at }) => created_at)),
    until: goesOn ? new Date(now).toISOString() : last(ends.flatMap((end) => end ?? [])),
    goesOn,
  }
}

const inOrder = (times: readonly string[]) => times.toSorted((one, other) => Date.parse(one) - Date.parse(other))
const first = (times: readonly string[]) => inOrder(times)[0] ?? ''
const last = (times: readonly string[]) => inOrder(times).at(-1) ?? ''
const between = (from: string, until: string) => milliseconds(Math.max(0, Date.parse(until) - Date.parse(from)))

function windowLines({ from, until, goesOn }: Window): string[] {
  return [`- Window: ${from} to ${goesOn ? 'now: it goes on' : until} (${between(from, until)})`]
}

function affected(records: Incident['records']): string[] {
  return [
    '| Invocation | Tool | Risk | Workspace | Agent | State | Exit | Asked by | Created |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...records.map((one) => {
      const version = one.attempts.at(-1)?.agent_version
      const agent = one.agent === null ? '-' : `${text(one.agent)}${version ? ` ${text(version)}` : ''}`
      const asker = text(who(one.requested_by, one.requested_by_name))
      const cells = [
        one.id,
        text(one.tool),
        one.effective_risk ?? one.risk,
        text(one.workspace),
        agent,
        one.state,
        one.exit_code ?? '-',
        asker,
      ]
      return `| ${[...cells, one.created_at].join(' | ')} |`
    }),
  ]
}

function rootCause(records: Incident['records']): string[] {
  const known = records.flatMap(({ id, error, exit_code }) => {
    if (error !== null) return [`- ${id}: ${text(error.message)} (${text(error.code)})`]
    return exit_code === null || exit_code === 0 ? [] : [`- ${id}: exit code ${exit_code}`]
  })
  return [
    open('template, tool, credential or model'),
    '',
    known.length === 0 ? 'The record holds no error of these calls.' : 'What the record knows:',
    '',
    ...known,
  ]
}

function detection(records: Incident['records'], actions: readonly Action[]): string[] {
  const begin = first(records.map(({ created_at }) => created_at))
  const bad = records.flatMap(({ id, transitions }) =>
    transitions
      .filter(({ state }) => ['failed', 'timeout', 'ambiguous'].includes(state))
      .map(({ at, state }) => ({ at, id, state })),
  )
  const sign = bad.find(({ at }) => at === first(bad.map((one) => one.at)))
  const reaction = actions[0]
  return [
    `- Path: ${open('who or what noticed it')}`,
    `- First sign on the record: ${sign === undefined ? 'none' : `${sign.at}, ${sign.id} became ${sign.state}`}`,
    `- Time to detect: ${
      reaction === undefined
        ? open('nobody has reacted on the record')
        : `${between(begin, reaction.at)} at most, from the first call to the first reaction (${reaction.text})`
    }`,
  ]
}

/** What people did about it, oldest first. */
function actionsOf({ records, agentEvents = [] }: Incident, { from }: Window): Action[] {
  const own = records.flatMap(({ id, cancel_requested: cancel, resolution, retries }) => [
    ...(cancel === null
      ? []
      : [{ at: cancel.at, text: `${text(who(cancel.by, cancel.by_name))} asked for ${id} to be stopped` }]),
    ...(resolution === null
      ? []
      : [
          {
            at: resolution.at,
            text: `${text(who(resolution.by, resolution.by_name))} said what became of ${id}: ${text(resolution.note)}`,
          },
        ]),
    ...retries.map((retry) => ({
      at: retry.created_at,
      text: `${text(who(retry.requested_by, retry.requested_by_name))} made ${id} again as ${retry.id} (${retry.state})`,
    })),
  ])
  const ofAgents = agentEvents
    .filter(({ kind, at }) => done[kind] !== undefined && Date.parse(at) >= Date.parse(from))
    .map(({ at, kind, actor, actor_name, agent_id, data }) => {
      const reason = typeof data.reason === 'string' ? `: ${text(data.reason)}` : ''
      return { at, text: `${text(who(actor, actor_name))} ${done[kind]} the agent ${agent_id ?? ''}${reason}` }
    })
  return [...own, ...ofAgents].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

const done: Readonly<Record<string, string>> = {
  'agent.paused': 'paused',
  'agent.resumed': 'resumed',
  'agent.credentials_revoked': 'revoked the credentials of',
  'agent.rotation_requested': 'rotated a key of',
  'agent.rotation_completed': 'cut over to a new key of',
  'agent.deleted': 'deleted',
  'agent.updated': 'updated',
}

function remediation({ agentEvents }: Incident, actions: readonly Action[]): string[] {
  const unread =
    agentEvents === undefined ? ['', '_The events of the agents need a key with the scope management._'] : []
  const known = actions.map(({ at, text: what }) => `- ${at}: ${what}`)
  return [...(known.length === 0 ? ['The record holds none.'] : known), '', open('what was done besides'), ...unread]
}

/** What the document asks to think of, with what the record says about it. */
function followUps(records: Incident['records']): string[] {
  const unasked = records.filter(({ approvals }) => approvals.length === 0)
  const tools = new Set(unasked.map(({ tool, risk }) => `${text(tool)} (${risk})`))
  const policy =
    tools.size === 0 ? 'all of these calls were approved' : `nobody was asked about ${[...tools].join(', ')}`
  const risks = new Set(records.map(({ tool, risk }) => `${text(tool)} is ${risk}`))
  return [
    `- [ ] Chat template: ${open('what it should say or allow')}`,
    `- [ ] Risk of the tools: ${[...risks].join(', ')}`,
    `- [ ] Approval policy: ${policy}`,
  ]
}

function archive({ self, records }: Incident, { from, until }: Window): string[] {
  const end = new Date(Date.parse(until) + 1_000).toISOString()
  return [
    'Make an archive of the window and attach it:',
    '',
    '```sh',
    `${self} exports create --type executions --since ${from} --until ${end}`,
    '```',
    '',
    'Each whole record:',
    '',
    '```sh',
    ...records.map(({ id }) => `${self} exec show ${id} -o json > ${id}.json`),
    '```',
  ]
}

function timeline(records: Incident['records'], actions: readonly Action[]): string[] {
  const steps = records.flatMap((record) =>
    whyOf(record).steps.map(({ at, sentence }) => ({ at, text: `${record.id}: ${text(sentence)}` })),
  )
  const outside = actions.filter(({ text: what }) => what.includes(' the agent '))
  return [...steps, ...outside]
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .map(({ at, text: what }) => `- ${at} ${what}`)
}
