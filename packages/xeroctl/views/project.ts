import type { Project } from '@xerotier/protocol/api/projects.ts'
import type { Detail } from '../output/detail.ts'
import type { RecordView } from '../output/view.ts'

export const projectRecord: RecordView<Project> = {
  name: (project) => project.slug,
  detail: (project) => ({
    fields: [
      ['Id', project.id],
      ['Slug', project.slug],
      ['Name', project.name],
      ['Self-approval', project.allow_self_approval ? 'allowed' : 'not allowed'],
      [
        'Encrypts calls',
        project.encrypt_calls ? 'yes, those made since it was set: arguments, results, output, artifacts' : 'no',
      ],
      [
        'Login',
        project.required_login.length === 0 ? 'however people come' : `by ${project.required_login.join(' or ')}`,
      ],
      ['Created', { time: project.created_at }],
      ...keptOf(project),
    ],
  }),
}

const inDays = (days: number | null, otherwise: string) =>
  days === null ? otherwise : days === 1 ? '1 day' : `${days} days`

const stops = {
  legal_hold: 'nothing now: all of the project is held (xeroctl legal-holds)',
  incident: 'nothing now: an incident is open (xeroctl pauses)',
}

/** A router older than the settings leaves them out. */
function keptOf({ retention, retention_stopped_by: stop }: Partial<Project>): Detail['fields'] {
  if (retention === undefined) return []
  const { executions_days, output_days, artifacts_days, events_days } = retention
  return [
    ['Keeps calls', inDays(executions_days, 'for ever')],
    ['Keeps output', inDays(output_days, 'as long as the call')],
    ['Keeps artifacts', inDays(artifacts_days, 'as long as the call')],
    ['Keeps events', inDays(events_days, 'for ever')],
    ...(stop ? [['Removes', stops[stop]] as const] : []),
  ]
}
