// Workspaces on the left, agents on the right, in the order of their names: the picture of today
// stands where that of yesterday stood.
import { useNavigate } from '@tanstack/react-router'
import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { words } from '../words/en.ts'

const rowHeight = 34
const columns = { workspace: 20, agent: 520 }
const nodeWidth = 240

export function Topology({ workspaces }: { workspaces: readonly Workspace[] }) {
  const navigate = useNavigate()
  const left = [...workspaces].sort((a, b) => a.name.localeCompare(b.name))
  const agents = new Map(left.flatMap((one) => one.agents.map((bound) => [bound.agent_id, bound] as const)))
  const right = [...agents.values()].sort((a, b) => a.agent.localeCompare(b.agent))
  const placeOf = new Map(right.map((one, at) => [one.agent_id, at]))
  const rows = Math.max(left.length, right.length)
  const middle = (at: number, count: number) => 20 + ((rows - count) * rowHeight) / 2 + at * rowHeight + 13
  return (
    <div className="card max-h-[65dvh] overflow-auto p-2">
      <svg
        viewBox={`0 0 780 ${rows * rowHeight + 30}`}
        className="mx-auto w-full max-w-[980px] min-w-[560px]"
        role="img"
        aria-label={words.graph.hint}
      >
        {left.flatMap((workspace, at) =>
          workspace.agents.map(({ agent_id, health }) => {
            const y1 = middle(at, left.length)
            const y2 = middle(placeOf.get(agent_id) ?? 0, right.length)
            const isAway = health === 'offline' || health === 'unhealthy' || health === 'suspended'
            return (
              <path
                key={`${workspace.id} ${agent_id}`}
                d={`M${columns.workspace + nodeWidth} ${y1} C 390 ${y1}, 390 ${y2}, ${columns.agent} ${y2}`}
                fill="none"
                className={isAway ? 'stroke-bad' : 'stroke-field'}
                strokeWidth="1.4"
                strokeDasharray={isAway ? '5 4' : undefined}
              />
            )
          }),
        )}
        {left.map(({ id, name }, at) => (
          <Node
            key={id}
            x={columns.workspace}
            y={middle(at, left.length)}
            name={name}
            go={() => void navigate({ to: '/workspaces/$workspaceId', params: { workspaceId: id } })}
          />
        ))}
        {right.map(({ agent_id, agent, health }, at) => (
          <Node
            key={agent_id}
            x={columns.agent}
            y={middle(at, right.length)}
            name={`${agent} · ${health}`}
            bad={health !== 'healthy'}
            go={() => void navigate({ to: '/agents/$agentId/workspaces', params: { agentId: agent_id } })}
          />
        ))}
      </svg>
    </div>
  )
}

function Node({ x, y, name, go, bad = false }: { x: number; y: number; name: string; go: () => void; bad?: boolean }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table below holds the same as links
    <g onClick={go} className="cursor-pointer">
      <rect
        x={x}
        y={y - 13}
        width={nodeWidth}
        height="26"
        rx="7"
        className={bad ? 'fill-bad-soft stroke-bad' : 'fill-raised stroke-line'}
      />
      <text x={x + 10} y={y + 4.5} className={`text-[12.5px] ${bad ? 'fill-bad' : 'fill-ink'}`}>
        {name.length > 36 ? `${name.slice(0, 35)}…` : name}
      </text>
    </g>
  )
}
