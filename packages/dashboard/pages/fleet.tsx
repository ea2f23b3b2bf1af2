import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { memo } from 'react'
import { useClient } from '../api/client.ts'
import { agentsQuery } from '../api/queries.ts'
import { useSearchChange } from '../api/search.ts'
import { AgentActions } from '../components/agent/actions.tsx'
import { AgentPause } from '../components/agent-pause.tsx'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { KeysSince, oldestKeysFirst } from '../components/keys-since.tsx'
import { HealthMark } from '../components/marks.tsx'
import { RowLink } from '../components/row-link.tsx'
import { CommandLine, Said } from '../components/texts.tsx'
import { Notice } from '../ui/state.tsx'
import { type RowProps, TallTable } from '../ui/tall-table.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.fleet
const route = getRouteApi('/frame/fleet')

export interface FleetSearch {
  /** `keys`: the oldest first. */
  sort?: string | undefined
}

export function Fleet() {
  const asked = useQuery(agentsQuery(useClient()))
  return (
    <>
      <Heading title={text.title} />
      <Answer asked={asked}>
        {(agents) =>
          agents.length === 0 ? (
            <Notice title={text.empty}>
              <p>{text.emptyHint}</p>
              <Link to="/agents">{words.agents.mint}</Link>
            </Notice>
          ) : (
            <>
              <AgentTable agents={agents} />
              <CommandLine line="xeroctl agents" />
            </>
          )
        }
      </Answer>
    </>
  )
}

const order: readonly Agent['health'][] = [
  'unhealthy',
  'offline',
  'suspended',
  'degraded',
  'paused',
  'draining',
  'pending',
  'healthy',
]

function worstFirst(agents: readonly Agent[]): Agent[] {
  return [...agents].sort((a, b) => order.indexOf(a.health) - order.indexOf(b.health) || a.name.localeCompare(b.name))
}

function AgentTable({ agents }: { agents: readonly Agent[] }) {
  const { sort }: FleetSearch = route.useSearch()
  const byKeys = sort === 'keys'
  const rows = byKeys ? oldestKeysFirst(agents) : worstFirst(agents)
  return (
    <TallTable
      label={text.title}
      rows={rows}
      keyOf={({ id }) => id}
      head={<AgentHead byKeys={byKeys} />}
      row={(agent, props) => <AgentRow key={agent.id} agent={agent} {...props} />}
      columns={10}
      rowHeight={58}
    />
  )
}

function AgentHead({ byKeys }: { byKeys: boolean }) {
  const change = useSearchChange()
  return (
    <thead>
      <tr>
        <th>{text.name}</th>
        <th className="max-md:hidden">{text.hostname}</th>
        <th>{text.status}</th>
        <th className="text-right max-sm:hidden">{text.tools}</th>
        <th className="text-right max-md:hidden">{text.heartbeat}</th>
        <th className="text-right max-md:hidden" aria-sort={byKeys ? 'ascending' : undefined}>
          <button
            type="button"
            title={text.keysHint}
            className="font-medium hover:text-ink"
            onClick={() => change({ sort: byKeys ? undefined : 'keys' })}
          >
            {text.keys} <span aria-hidden="true">{byKeys ? '↑' : '↕'}</span>
          </button>
        </th>
        <th className="max-lg:hidden">{text.version}</th>
        <th className="max-lg:hidden">{text.region}</th>
        <th className="max-sm:hidden">{text.load}</th>
        <th className="text-right">{text.actions}</th>
      </tr>
    </thead>
  )
}

/** Drawn again when it is another. */
const AgentRow = memo(function AgentRow({ agent, ...props }: { agent: Agent } & RowProps) {
  return (
    <tr className="hover:bg-raised" {...props}>
      <td className="min-w-32">
        <RowLink path={`agents/${agent.id}`} className="font-medium break-all">
          <Said>{agent.name}</Said>
        </RowLink>
        <span className="block text-[12.5px] text-soft">
          <Said>{agent.unhealthy_reason ?? agent.degraded_reason ?? pauseOf(agent)}</Said>
        </span>
      </td>
      <td className="max-md:hidden">{agent.hostname === null ? '–' : <Said>{agent.hostname}</Said>}</td>
      <td>
        <HealthMark health={agent.health} />
      </td>
      <td className="text-right tabular-nums max-sm:hidden">
        <RowLink path={`agents/${agent.id}/workspaces`}>{agent.tool_count}</RowLink>
      </td>
      <td className="text-right max-md:hidden">
        {agent.last_heartbeat_at === null ? text.never : <Ago at={agent.last_heartbeat_at} />}
      </td>
      <td className="text-right max-md:hidden">
        <KeysSince agent={agent} />
      </td>
      <td className="max-lg:hidden">{agent.version ?? '–'}</td>
      <td className="max-lg:hidden">
        <Said>{agent.region}</Said>
      </td>
      <td className="max-sm:hidden">
        <Load agent={agent} />
      </td>
      <td>
        <span className="flex flex-wrap justify-end gap-1 md:flex-nowrap">
          <AgentPause agent={agent} />
          <AgentActions agent={agent} />
        </span>
      </td>
    </tr>
  )
})

function pauseOf({ paused: [first] }: Agent): string {
  return first === undefined ? '' : text.paused(first.paused_by_name ?? first.paused_by, first.reason)
}

/** In words and as a bar. */
function Load({ agent: { in_flight, max_concurrent_executions } }: { agent: Agent }) {
  const share = max_concurrent_executions === 0 ? 0 : Math.min(1, in_flight / max_concurrent_executions)
  return (
    <span className="flex items-center gap-2 whitespace-nowrap tabular-nums">
      <span aria-hidden="true" className="h-1.5 w-12 overflow-hidden rounded-full bg-calm-soft">
        <span
          className={`block h-full ${share > 0.9 ? 'bg-warn' : 'bg-accent'}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      {in_flight} / {max_concurrent_executions}
    </span>
  )
}
