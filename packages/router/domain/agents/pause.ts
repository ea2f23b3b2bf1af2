import type { Agent } from '@xerotier/protocol/api/agents.ts'
import type { PauseCreate } from '@xerotier/protocol/api/pauses.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { startPause } from '../pauses/start.ts'
import type { Records } from '../records.ts'
import { presentAgentRow } from './present.ts'

/**
 * Nothing more is dispatched to the agent, or to it for one workspace; what runs goes on.
 * @throws Fault as `startPause`
 */
export async function pauseAgent(
  core: Records & FleetView & Directory,
  actor: Member,
  reference: string,
  body: Omit<PauseCreate, 'agent' | 'tool' | 'project'>,
): Promise<Agent> {
  await startPause(core, actor, { ...body, agent: reference })
  return presentAgentRow(core, await findAgent(core.store.db, actor.projectId, reference))
}
