// The whole system in one process, for tests: router,
// agents, real sockets, free ports, throw-away folders.
import type { Client } from '@xerotier/client/client.ts'
import type { Execution } from '@xerotier/protocol/api/executions.ts'
import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import type { WorkspaceType } from '@xerotier/protocol/manifest.ts'
import type { RouterOptions } from '@xerotier/router/router.ts'
import { type AgentForTests, type AgentForTestsOptions, startAgentForTests } from './agent-for-tests.ts'
import { until } from './faults/until.ts'
import { patienceMs } from './patience.ts'
import { type RouterForTests, startRouterForTests } from './router-for-tests.ts'

export interface System {
  router: RouterForTests
  client: Client
  /** Enrolls, connects, and resolves when the router calls it healthy. */
  addAgent(options?: AgentForTestsOptions): Promise<AgentForTests>
  /** A workspace that these agents serve. */
  addWorkspace(name: string, type: WorkspaceType, agents: AgentForTests[]): Promise<Workspace>
  /** Submits and waits for the answer of the same request. */
  run(workspace: string, tool: string, args?: Record<string, unknown>): Promise<Execution>
  /** Submits and answers at once: what needs approval waits for it. */
  ask(workspace: string, tool: string, args?: Record<string, unknown>): Promise<Execution>
  /** Submits what needs approval, approves it, and waits for the end. */
  runApproved(workspace: string, tool: string, args?: Record<string, unknown>): Promise<Execution>
  untilHealthy(agent: AgentForTests): Promise<void>
  /** Agents first. */
  stop(): Promise<void>
}

export async function startSystem(options: Partial<RouterOptions> = {}): Promise<System> {
  const router = await startRouterForTests(options)
  const { client } = router
  const agents: AgentForTests[] = []

  const system: System = {
    router,
    client,
    async addAgent(agentOptions) {
      const agent = await startAgentForTests(client, agentOptions)
      agents.push(agent)
      await system.untilHealthy(agent)
      return agent
    },
    async untilHealthy({ name }) {
      await until(`${name} to be healthy`, async () => {
        const { health, tool_count } = await client.call('agents.show', { params: { id: name } })
        return (health === 'healthy' || health === 'degraded') && tool_count > 0 ? true : undefined
      })
    },
    async addWorkspace(name, type, serving) {
      await client.call('workspaces.create', { body: { name, type } })
      for (const agent of serving)
        await client.call('workspaces.bind', { params: { id: name }, body: { agent: agent.name } })
      const workspace = await client.call('workspaces.show', { params: { id: name } })
      // The agent hears of its binding over the wire and
      // answers with a manifest that names the workspace.
      for (const agent of serving) {
        await until(`${agent.name} to serve ${name}`, async () => {
          const { data } = await client.call('tools.list', { query: { workspace: name } })
          return data.length > 0 ? true : undefined
        })
      }
      return workspace
    },
    run: (workspace, tool, args = {}) =>
      client.call('invocations.submit', { query: { wait: patienceMs / 1000 }, body: { workspace, tool, args } }),
    ask: (workspace, tool, args = {}) => client.call('invocations.submit', { body: { workspace, tool, args } }),
    async runApproved(workspace, tool, args = {}) {
      const { id, approval_id } = await system.ask(workspace, tool, args)
      if (approval_id === null) throw new Error(`${tool} asked nobody`)
      const { confirm } = await client.call('approvals.show', { params: { id: approval_id } })
      const body = confirm === null ? {} : { confirm }
      await client.call('approvals.approve', { params: { id: approval_id }, body })
      return until(`${tool} to end`, async () => {
        const execution = await client.call('executions.show', { params: { id } })
        return execution.finished_at === null ? undefined : execution
      })
    },
    async stop() {
      for (const agent of agents) await agent.stop()
      await router.stop()
    },
  }
  return system
}
