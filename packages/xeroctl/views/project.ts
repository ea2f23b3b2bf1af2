import type { Project } from '@xerotier/protocol/api/projects.ts'
import type { RecordView } from '../output/view.ts'

export const projectRecord: RecordView<Project> = {
  name: (project) => project.slug,
  detail: (project) => ({
    fields: [
      ['Id', project.id],
      ['Slug', project.slug],
      ['Name', project.name],
      ['Self-approval', project.allow_self_approval ? 'allowed' : 'not allowed'],
      ['Created', { time: project.created_at }],
    ],
  }),
}
