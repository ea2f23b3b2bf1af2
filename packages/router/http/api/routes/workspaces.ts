import type { Core } from '../../../core.ts'
import { bindAgent, unbindAgent } from '../../../domain/workspaces/bind.ts'
import { createWorkspace } from '../../../domain/workspaces/create.ts'
import { listWorkspaces, showWorkspace } from '../../../domain/workspaces/read.ts'
import type { Handlers } from '../handlers.ts'

export function workspaceHandlers(core: Core) {
  return {
    'workspaces.list': ({ principal, query }) => listWorkspaces(core, principal, query),
    'workspaces.create': ({ principal, body }) => createWorkspace(core, principal, body),
    'workspaces.show': ({ principal, params }) => showWorkspace(core, principal, params.id),
    'workspaces.bind': ({ principal, params, body }) => bindAgent(core, principal, params.id, body),
    'workspaces.unbind': ({ principal, params }) => unbindAgent(core, principal, params.id, params.agent),
  } satisfies Partial<Handlers>
}
