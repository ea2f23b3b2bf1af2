import { group } from '../../command.ts'
import { projectShow } from './show.ts'
import { projectUpdate } from './update.ts'

export const project = group({
  name: 'project',
  summary: 'The project that the key is of, and its settings',
  members: [projectShow, projectUpdate],
  bare: { list: projectShow },
})
