import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { rows, type Section } from '../output/detail.ts'
import type { Column } from '../output/table.ts'
import type { RecordView, View } from '../output/view.ts'
import { type Pause, pauseColumns, statusOf } from './agents.ts'

type Bound = Workspace['agents'][number]

/** Whether all of its calls wait. */
const isPaused = (pauses: readonly Pause[]) => pauses.some(({ tool }) => tool === null)

export const workspaceView: View<Workspace> = {
  name: (workspace) => workspace.name,
  columns: [
    { header: 'ID', value: (workspace) => workspace.id, dropOrder: 1 },
    { header: 'NAME', value: (workspace) => workspace.name },
    { header: 'TYPE', value: (workspace) => workspace.type, dropOrder: 3 },
    { header: 'STATUS', value: ({ paused }) => (isPaused(paused) ? { word: 'paused' } : null), dropOrder: 5 },
    { header: 'AGENTS', value: (workspace) => workspace.agents.map((agent) => agent.agent).join(', '), dropOrder: 4 },
    { header: 'CREATED', value: (workspace) => ({ time: workspace.created_at }), dropOrder: 2 },
    { header: 'DESCRIPTION', value: (workspace) => workspace.description, wide: true, shrink: true },
  ],
}

export const workspaceRecord: RecordView<Workspace> = {
  name: workspaceView.name,
  detail: (workspace) => ({
    fields: [
      ['Id', workspace.id],
      ['Name', workspace.name],
      ['Type', workspace.type],
      ['Description', workspace.description],
      ['Created', { time: workspace.created_at }],
    ],
    sections: [
      { title: 'Agents', body: rows(boundColumns, workspace.agents) },
      ...pausedSection([
        ...workspace.paused.map((pause) => ({ what: widely(pause), ...pause })),
        ...workspace.agents.flatMap(({ agent, paused }) =>
          paused.map((pause) => ({ what: `agent ${agent}`, ...pause })),
        ),
      ]),
    ],
  }),
}

interface BoundPause extends Pause {
  what: string
}

/** A pause of no agent, seen from a workspace. */
function widely({ tool, workspace_id }: Pause): string {
  if (tool !== null) return `tool ${tool}`
  return workspace_id === null ? 'the project' : 'the workspace'
}

function pausedSection(pauses: BoundPause[]): Section[] {
  return pauses.length === 0 ? [] : [{ title: 'Paused', body: rows(boundPauseColumns, pauses) }]
}

const boundPauseColumns: Column<BoundPause>[] = [{ header: 'WHAT', value: (pause) => pause.what }, ...pauseColumns]

const boundColumns = [
  { header: 'ID', value: (bound: Bound) => bound.agent_id, dropOrder: 1 },
  { header: 'NAME', value: (bound: Bound) => bound.agent },
  { header: 'STATUS', value: (bound: Bound) => statusOf(bound) },
  { header: 'CREDENTIALS', value: (bound: Bound) => bound.credentials_ref, dropOrder: 3 },
  { header: 'BOUND', value: (bound: Bound) => ({ time: bound.bound_at }), dropOrder: 2 },
]
