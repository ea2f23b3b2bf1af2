import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Member } from '../actor.ts'
import type { Attempts } from '../attempts/attempts.ts'
import { findAgent } from '../directory/find-agent.ts'
import { write } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { loweredIn, usableTools } from '../fleet/known-risks.ts'
import type { Records } from '../records.ts'
import { presentAgentDetail } from './present.ts'

/**
 * Somebody has looked at the lower risk of one held tool, or of all: they may be called again.
 * @throws Fault agent_not_found; exec_tool_not_found when no such tool is held
 */
export async function acceptRisk(
  core: Records & FleetView & Pick<Attempts, 'dispatcher'>,
  actor: Member,
  reference: string,
  body: { tool?: string | undefined },
): Promise<AgentDetail> {
  const { projectId } = actor
  const row = await write(core, async ({ tx, append }) => {
    const agent = await findAgent(tx, projectId, reference)
    const known = agent.known_risks ?? {}
    const tools = agent.manifest?.tools ?? []
    const accepted = loweredIn(known, tools).filter(({ tool }) => body.tool === undefined || tool === body.tool)
    if (body.tool !== undefined && accepted.length === 0) {
      const message = `The agent holds no tool ${body.tool}.`
      throw new Fault('exec_tool_not_found', { param: 'tool', message })
    }
    const known_risks = { ...known, ...Object.fromEntries(accepted.map(({ tool, to }) => [tool, to])) }
    await tx
      .updateTable('agents')
      .set({ known_risks: JSON.stringify(known_risks) })
      .where('id', '=', agent.id)
      .execute()
    for (const lowered of accepted)
      append({ project_id: projectId, kind: 'agent.risk_accepted', actor, agent_id: agent.id, data: { ...lowered } })
    return { ...agent, known_risks }
  })
  const online = core.fleet.get(row.project_id, row.id)
  if (online !== undefined) {
    online.knownRisks = row.known_risks
    core.fleet.change(online, { tools: usableTools(row.known_risks, online.manifest.tools) })
  }
  core.dispatcher.wake(projectId)
  return presentAgentDetail(core, row)
}
