import { Fault } from '@xerotier/protocol/errors.ts'
import type { Member } from '../actor.ts'

/**
 * A key can be held to some workspaces: it calls tools of no other, and neither decides on calls of
 * others nor changes what became of them. It reads what it may read.
 * @throws Fault workspace_not_allowed
 */
export function requireWorkspace(actor: Member, workspaceId: string): void {
  if (actor.kind === 'agent' || actor.workspaces === null || actor.workspaces.includes(workspaceId)) return
  throw new Fault('workspace_not_allowed', { param: 'workspace' })
}
