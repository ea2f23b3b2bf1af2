import type { Core } from '../../../core.ts'
import { listTools, showTool } from '../../../domain/tools/catalogue.ts'
import type { Handlers } from '../handlers.ts'

export function toolHandlers(core: Core) {
  return {
    'tools.list': ({ actor, query }) => listTools(core, actor, query),
    'tools.show': ({ actor, params, query }) => showTool(core, actor, params.name, query.workspace),
  } satisfies Partial<Handlers>
}
