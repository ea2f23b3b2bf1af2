import type { Pause, PausePlan } from '@xerotier/protocol/api/pauses.ts'
import { type Detail, rows } from '../output/detail.ts'
import type { RecordView, View } from '../output/view.ts'
import { actorInFull } from './actor.ts'

type Named = Pick<Pause, 'target' | 'agent' | 'workspace' | 'tool'>

/** What is paused, as people say it. */
export function subjectOf({ target, agent, workspace, tool }: Named): string {
  const narrowed = workspace === null ? '' : ` in ${workspace}`
  switch (target) {
    case 'agent':
      return `agent ${agent}${narrowed}`
    case 'tool':
      return `tool ${tool}${narrowed}`
    case 'workspace':
      return `workspace ${workspace}`
    case 'project':
      return 'the project'
  }
}

export const pauseView: View<Pause> = {
  name: (pause) => pause.id,
  columns: [
    { header: 'ID', value: (pause) => pause.id },
    { header: 'PAUSED', value: subjectOf },
    { header: 'STATUS', value: statusOf, dropOrder: 4 },
    { header: 'SINCE', value: (pause) => ({ time: pause.paused_at }), dropOrder: 3 },
    { header: 'UNTIL', value: untilOf },
    { header: 'BY', value: (pause) => pause.paused_by_name ?? pause.paused_by, dropOrder: 2 },
    { header: 'INCIDENT', value: (pause) => pause.incident, dropOrder: 1 },
    { header: 'REASON', value: (pause) => pause.reason, shrink: true },
  ],
}

export const pauseRecord: RecordView<Pause> = {
  name: pauseView.name,
  detail: (pause) => ({
    fields: [
      ['Id', pause.id],
      ['Paused', subjectOf(pause)],
      ['Status', statusOf(pause)],
      ['Reason', pause.reason],
      ['Incident', pause.incident],
      ['Since', { time: pause.paused_at }],
      ['By', actorInFull(pause.paused_by, pause.paused_by_name)],
      ['Until', untilOf(pause)],
      ...(pause.ended_by === null
        ? []
        : ([
            ['Ended', { time: pause.ended_at }],
            ['Ended by', actorInFull(pause.ended_by, pause.ended_by_name)],
          ] as const)),
    ],
  }),
}

/** What is active elsewhere is fine; a pause is in the way. */
function statusOf({ state }: Pause) {
  return { word: state === 'active' ? 'paused' : state, text: state }
}

function untilOf({ state, ends_at, ended_at }: Pause) {
  if (state !== 'active') return { time: ended_at }
  return ends_at === null ? 'open end' : { due: ends_at }
}

type Agent = PausePlan['agents'][number]
type Workspace = PausePlan['workspaces'][number]
type Tool = PausePlan['tools'][number]

export const pausePlanRecord: RecordView<PausePlan> = {
  name: subjectOf,
  detail: (plan) => ({
    fields: [
      ['Dry run', 'nothing was paused'],
      ['Would pause', subjectOf(plan)],
      ...alreadyOf(plan),
      ['Running', `${plan.running}, which go on`],
      ['Queued', `${plan.queued}${queuedOf(plan)}`],
      ['Pending approval', plan.pending_approval],
    ],
    sections: [
      { title: 'Agents', body: rows(agentColumns, plan.agents) },
      { title: 'Workspaces', body: rows(plan.target === 'agent' ? workspaceColumns : countColumns, plan.workspaces) },
      ...(plan.tools.length === 0 ? [] : [{ title: 'Tools', body: rows(toolColumns, plan.tools) }]),
    ],
  }),
}

function alreadyOf({ pause }: PausePlan): Detail['fields'] {
  return pause === null
    ? []
    : [['Paused already', `since ${pause.paused_at}, by ${pause.paused_by_name ?? pause.paused_by} (${pause.id})`]]
}

function queuedOf({ target, queued, workspaces }: PausePlan): string {
  if (queued === 0) return ''
  if (target !== 'agent') return ', which wait'
  const waiting = workspaces.filter(({ others }) => others === 0).reduce((sum, one) => sum + one.queued, 0)
  return waiting === 0
    ? ', which other agents take'
    : `, of which ${waiting} wait: no other agent serves their workspace`
}

const counts = [
  { header: 'RUNNING', value: (one: Workspace | Tool) => one.running, right: true },
  { header: 'QUEUED', value: (one: Workspace | Tool) => one.queued, right: true },
  { header: 'PENDING', value: (one: Workspace | Tool) => one.pending_approval, right: true },
] as const

const agentColumns = [
  { header: 'NAME', value: ({ agent }: Agent) => agent },
  { header: 'STATUS', value: ({ health }: Agent) => ({ word: health }) },
  { header: 'RUNNING', value: ({ running }: Agent) => running, right: true },
]

const countColumns = [{ header: 'NAME', value: ({ workspace }: Workspace) => workspace }, ...counts]
const workspaceColumns = [
  ...countColumns,
  { header: 'OTHER AGENTS', value: ({ others }: Workspace) => others, right: true },
]
const toolColumns = [
  { header: 'NAME', value: ({ tool }: Tool) => tool },
  { header: 'RISK', value: ({ risk }: Tool) => ({ word: risk }) },
  ...counts,
]
