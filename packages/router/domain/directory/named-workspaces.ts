import type { KeyWorkspace } from '@xerotier/protocol/api/api-keys.ts'
import { findWorkspace } from './find-workspace.ts'
import type { Directory } from './workspaces.ts'

/** Each once, by id or name. @throws Fault workspace_not_found */
export async function namedWorkspaces(
  core: Directory,
  projectId: string,
  references: readonly string[],
): Promise<KeyWorkspace[]> {
  const found = new Map<string, KeyWorkspace>()
  for (const reference of references) {
    const { id, name } = await findWorkspace(core, projectId, reference)
    found.set(id, { id, name })
  }
  return [...found.values()]
}
