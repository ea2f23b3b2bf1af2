import type { Core } from '../../../core.ts'
import { listTools, showTool } from '../../../domain/tools/catalogue.ts'
import type { Handlers } from '../handlers.ts'

export function toolHandlers(core: Core) {
  return {
    'tools.list': ({ principal, query }) => listTools(core, principal, query),
    'tools.show': ({ principal, params, query }) => showTool(core, principal, params.name, query.workspace),
  } satisfies Partial<Handlers>
}
