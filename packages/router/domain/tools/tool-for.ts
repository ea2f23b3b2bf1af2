import { credentialsRefOf } from '@xerotier/protocol/credentials-ref.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { FleetView } from '../fleet/fleet.ts'

export interface Offered {
  tool: ToolDescriptor
  /** Name of the credential file with which the call would run there. */
  credentialsRef: string | null
}

/**
 * How a tool runs for a workspace. Where the agents that serve it disagree, the strictest wins:
 * policy must never be the milder for it.
 * @returns undefined when no online agent offers it there
 * @throws Fault exec_tool_not_found when the tool is for workspaces of another type
 */
export function toolFor(
  core: FleetView,
  projectId: string,
  workspace: Pick<WorkspaceRow, 'id' | 'type'>,
  name: string,
): Offered | undefined {
  const offer = core.fleet.strictest(projectId, workspace.id, name)
  if (offer === undefined) return undefined
  const { tool, binding } = offer
  if (!appliesTo(tool, workspace)) throw doesNotApply(name, workspace)
  return { tool, credentialsRef: credentialsRefOf(tool, binding) }
}

export function appliesTo({ workspace_types }: ToolDescriptor, { type }: Pick<WorkspaceRow, 'type'>): boolean {
  return workspace_types.length === 0 || workspace_types.includes(type)
}

/** No retry helps: neither an agent nor a binding is missing. */
export function doesNotApply(tool: string, { type }: Pick<WorkspaceRow, 'type'>): Fault {
  const message = `${tool} does not apply to a workspace of type ${type}.`
  return new Fault('exec_tool_not_found', { status: 400, param: 'tool', message })
}
