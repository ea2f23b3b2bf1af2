// A bare agent that serves a workspace of its own: for
// tests that decide frame by frame what the agent says.
import type { Client } from '@xerotier/client/client.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { type BareAgent, bareAgent, enrollBare } from './bare-agent.ts'

export interface ServingAgent {
  agent: BareAgent
  agentId: string
  /** Ends a call; resolves once the router has acknowledged it. */
  answer(
    call: Pick<DispatchFrame, 'execution_id' | 'attempt' | 'lease_epoch'>,
    changes?: Record<string, unknown>,
  ): Promise<void>
  /** Another connection of the same agent. */
  again(tools: ToolDescriptor[]): BareAgent
}

/** Enrolls, binds to the workspace (made when it is not there) and opens a session. */
export async function servingAgent(
  client: Client,
  name: string,
  workspace: string,
  tools: ToolDescriptor[],
  proof: Record<string, unknown> = {},
): Promise<ServingAgent> {
  const { keys, enrollment } = await enrollBare(client, name)
  await client.call('workspaces.create', { body: { name: workspace } }).catch((error: { code?: string }) => {
    if (error.code !== 'name_taken') throw error
  })
  await client.call('workspaces.bind', { params: { id: workspace }, body: { agent: name } })
  const agent = bareAgent(keys, enrollment, tools)
  await agent.open(proof)
  return {
    agent,
    agentId: enrollment.agent_id,
    answer: async ({ execution_id, attempt, lease_epoch }, changes = {}) => {
      await agent.send([
        {
          t: 'result',
          execution_id,
          attempt,
          lease_epoch,
          outcome: 'completed',
          exit_code: 0,
          signal: null,
          error: null,
          result: null,
          started_at: Date.now(),
          finished_at: Date.now(),
          stdout_bytes: 0,
          stderr_bytes: 0,
          truncated: false,
          ...changes,
        },
      ])
      while ((await agent.next('result_ack')).execution_id !== execution_id);
    },
    again: (others) => bareAgent(keys, enrollment, others),
  }
}
