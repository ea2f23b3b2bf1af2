import { group } from '../../command.ts'
import { workspacesBind } from './bind.ts'
import { workspacesCreate } from './create.ts'
import { workspacesDelete } from './delete.ts'
import { workspacesList } from './list.ts'
import { workspacesPause } from './pause.ts'
import { workspacesResume } from './resume.ts'
import { workspacesShow } from './show.ts'
import { workspacesUnbind } from './unbind.ts'

export const workspaces = group({
  name: 'workspaces',
  summary: 'What tool calls operate on, and which agents serve it',
  members: [
    workspacesList,
    workspacesShow,
    workspacesCreate,
    workspacesBind,
    workspacesUnbind,
    workspacesPause,
    workspacesResume,
    workspacesDelete,
  ],
  bare: { list: workspacesList, show: workspacesShow, freeNames: true },
})
