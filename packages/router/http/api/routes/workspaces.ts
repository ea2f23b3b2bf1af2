import type { Core } from '../../../core.ts'
import { showTopology } from '../../../domain/topology/show.ts'
import { bindAgent, unbindAgent } from '../../../domain/workspaces/bind.ts'
import { createWorkspace } from '../../../domain/workspaces/create.ts'
import { deleteWorkspace } from '../../../domain/workspaces/delete.ts'
import { listWorkspaces, showWorkspace } from '../../../domain/workspaces/read.ts'
import type { Handlers } from '../handlers.ts'

export function workspaceHandlers(core: Core) {
  return {
    'topology.show': ({ actor, query }) => showTopology(core, actor, query.at),
    'workspaces.list': ({ actor, query }) => listWorkspaces(core, actor, query),
    'workspaces.create': ({ actor, body }) => createWorkspace(core, actor, body),
    'workspaces.show': ({ actor, params }) => showWorkspace(core, actor, params.id),
    'workspaces.delete': ({ actor, params }) => deleteWorkspace(core, actor, params.id),
    'workspaces.bind': ({ actor, params, body }) => bindAgent(core, actor, params.id, body),
    'workspaces.unbind': ({ actor, params }) => unbindAgent(core, actor, params.id, params.agent),
  } satisfies Partial<Handlers>
}
