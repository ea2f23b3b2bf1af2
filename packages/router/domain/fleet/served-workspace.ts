// What the online agents bound to one workspace do for it.
import type { Crowd } from './crowd.ts'
import { type OnlineAgent, takes } from './online-agent.ts'
import { createServedTool, type ServedTool, type ServedToolOptions } from './served-tool.ts'

export interface ServedWorkspace {
  /** How many agents are bound to it. */
  readonly size: number
  /** Those that take calls of it. */
  readonly taking: Crowd
  /** The agent has come, changed, or (`gone`) left. */
  update(agent: OnlineAgent, gone: boolean): void
  /** @returns undefined when no agent offers it */
  tool(name: string): ServedTool | undefined
}

/** Tools that are kept at hand: those that are called. */
const toolsAtHand = 256

export function createServedWorkspace(workspaceId: string, options: ServedToolOptions): ServedWorkspace {
  const agents = new Set<OnlineAgent>()
  const taking = options.makeCrowd()
  const tools = new Map<string, ServedTool>()

  function updateTool(served: ServedTool, name: string, agent: OnlineAgent, takesCalls: boolean): void {
    const tool = agents.has(agent) ? agent.tools.get(name) : undefined
    const binding = agent.bindings.get(workspaceId)
    served.set(agent, tool === undefined || binding === undefined ? undefined : { tool, binding }, takesCalls)
  }

  /** Looked up the first time that it is called, and kept up to date from then on. */
  function look(name: string): ServedTool | undefined {
    const served = createServedTool(options)
    for (const agent of agents) updateTool(served, name, agent, takes(agent, workspaceId))
    // Anybody can ask for tools that are not there.
    if (served.size === 0) return undefined
    const [oldest] = tools.keys()
    if (oldest !== undefined && tools.size >= toolsAtHand) tools.delete(oldest)
    tools.set(name, served)
    return served
  }

  return {
    get size() {
      return agents.size
    },
    taking,
    update(agent, gone) {
      const bound = !gone && agent.bindings.has(workspaceId)
      const takesCalls = bound && takes(agent, workspaceId)
      if (bound) agents.add(agent)
      else agents.delete(agent)
      if (takesCalls) taking.add(agent)
      else taking.remove(agent)
      for (const [name, served] of tools) {
        updateTool(served, name, agent, takesCalls)
        if (served.size === 0) tools.delete(name)
      }
    },
    tool: (name) => tools.get(name) ?? look(name),
  }
}
