import type { Core } from '../../../core.ts'
import { showProject } from '../../../domain/projects/show.ts'
import { updateProject } from '../../../domain/projects/update.ts'
import type { Handlers } from '../handlers.ts'

export function projectHandlers(core: Core): Pick<Handlers, 'project.show' | 'project.update'> {
  return {
    'project.show': ({ actor }) => showProject(core, actor),
    'project.update': ({ actor, body }) => updateProject(core, actor, body),
  }
}
