// As large as the dashboard must draw smoothly: a thousand nodes, five thousand edges.
import type { Topology } from '@xerotier/protocol/api/topology.ts'
import { risks } from '@xerotier/protocol/risk.ts'

const counts = { approvers: 20, workspaces: 60, agents: 760, tools: 160, edges: 5_000 }

export function largeTopology(at = new Date()): Topology {
  const moment = (n: number) => new Date(at.getTime() - 86_400_000 + n * 1000).toISOString()
  const regions = ['ap-south', 'eu-central', 'eu-north', 'us-east', 'us-west']
  const asked = Array.from({ length: counts.workspaces }, (_, n) => [
    n % counts.approvers,
    (n * 7 + 3) % counts.approvers,
  ])
  const bound = Array.from({ length: counts.agents }, (_, n) => [
    ...new Set([n % counts.workspaces, (n * 13) % counts.workspaces]),
  ])
  const edges = [...asked, ...bound].reduce((sum, places) => sum + new Set(places).size, 0)
  const offers = counts.edges - edges
  const toolsOf = (n: number) => {
    const many = Math.floor(((n + 1) * offers) / counts.agents) - Math.floor((n * offers) / counts.agents)
    return Array.from({ length: many }, (_, k) => (n * 11 + k * 37) % counts.tools)
  }
  return {
    ...{ object: 'topology', at: at.toISOString(), begins_at: moment(0), is_whole: true },
    workspaces: asked.map((approvers, n) => ({
      ...{ id: `ws_${n}`, name: `workspace-${n}`, type: 'generic', created_at: moment(n) },
      ...{ is_paused: n % 29 === 0, approvers: [...new Set(approvers)] },
    })),
    agents: bound.map((workspaces, n) => ({
      ...{ id: `agt_${n}`, name: `xem-${regions[n % 5]}-${n}`, region: regions[n % 5] ?? '', enrolled_at: moment(n) },
      health: n % 97 === 0 ? 'offline' : n % 41 === 0 ? 'degraded' : 'healthy',
      ...{ is_paused: false, workspaces, tools: toolsOf(n) },
    })),
    tools: Array.from({ length: counts.tools }, (_, n) => ({
      ...{ name: `tool_number_${n}`, risk: risks[n % risks.length] ?? 'read', is_paused: false },
    })),
    approvers: Array.from({ length: counts.approvers }, (_, n) => ({ kind: 'group', name: `group-${n}` })),
  }
}
