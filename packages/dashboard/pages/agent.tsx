// One agent: how it is set up, what it serves and offers, what happened to it, and its keys.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { Event } from '@xerotier/protocol/api/events.ts'
import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import { useClient } from '../api/client.ts'
import { agentQuery } from '../api/queries.ts'
import { agentEventsQuery, rotationsQuery } from '../api/records.ts'
import { useSearchChange } from '../api/search.ts'
import { AgentActions } from '../components/agent/actions.tsx'
import { Configuration } from '../components/agent/configuration.tsx'
import { ServedWorkspaces } from '../components/agent/workspaces.tsx'
import { AgentPause } from '../components/agent-pause.tsx'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { type Column, Listed } from '../components/listed.tsx'
import { HealthMark } from '../components/marks.tsx'
import { CommandLine, Said } from '../components/texts.tsx'
import { Tools } from '../components/tools.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import type { TabSearch } from './workspace.tsx'

const route = getRouteApi('/frame/agents/$agentId')
const text = words.agentPage
const names = ['configuration', 'workspaces', 'tools', 'events', 'keys'] as const

export function Agent() {
  const { agentId } = route.useParams()
  const { tab }: TabSearch = route.useSearch()
  const change = useSearchChange()
  const open = names.find((name) => name === tab) ?? 'configuration'
  const asked = useQuery(agentQuery(useClient(), agentId))
  const agent = asked.data
  return (
    <>
      <Heading title={agent?.name ?? words.fleet.name}>
        {agent !== undefined && (
          <>
            <HealthMark health={agent.health} />
            <AgentPause agent={agent} />
            <AgentActions agent={agent} />
          </>
        )}
      </Heading>
      <Answer asked={asked}>
        {(one) => (
          <>
            <Tabs
              label={one.name}
              tabs={text.tabs}
              open={open}
              onOpen={(name) => change({ tab: name === 'configuration' ? undefined : name })}
            >
              <div className="grid gap-5">
                {open === 'configuration' && <Configuration agent={one} />}
                {open === 'workspaces' && <ServedWorkspaces agent={one} />}
                {open === 'tools' && <Tools tools={one.tools} />}
                {open === 'events' && <Events agent={one} />}
                {open === 'keys' && <Keys agent={one} />}
              </div>
            </Tabs>
            <CommandLine line={`xeroctl agents show ${one.name}`} />
          </>
        )}
      </Answer>
    </>
  )
}

const eventColumns: readonly Column<Event>[] = [
  {
    head: text.event,
    cell: ({ kind, data }) => (
      <>
        <code className="text-[12.5px]">{kind}</code>
        <span className="block text-[12.5px] break-words text-soft">
          <Said>{toldBy(data)}</Said>
        </span>
      </>
    ),
  },
  { head: text.actor, from: 'sm', cell: ({ actor, actor_name }) => <Said>{actor_name ?? actor}</Said> },
  {
    head: text.when,
    right: true,
    cell: ({ at }) => <Ago at={at} />,
  },
]

/** What is short of it, on one line. */
function toldBy(data: Event['data']): string {
  return Object.entries(data)
    .flatMap(([name, value]) =>
      (typeof value === 'string' && value.length < 80) || typeof value === 'number' ? [`${name}: ${value}`] : [],
    )
    .slice(0, 4)
    .join(' · ')
}

function Events({ agent }: { agent: AgentDetail }) {
  const asked = useInfiniteQuery(agentEventsQuery(useClient(), agent.id))
  return (
    <div className="grid gap-2">
      <p className="text-[13px] text-soft">{text.live}</p>
      <Listed
        label={text.tabs.events}
        asked={asked}
        columns={eventColumns}
        keyOf={({ id }) => id}
        empty={text.noEvents}
      />
      <CommandLine line={`xeroctl agents events ${agent.name}`} />
    </div>
  )
}

const rotationColumns: readonly Column<Rotation>[] = [
  { head: text.state, cell: ({ state, because }) => <Said>{because === null ? state : `${state}: ${because}`}</Said> },
  { head: text.reason, from: 'sm', cell: ({ reason }) => (reason === null ? '–' : <Said>{reason}</Said>) },
  {
    head: text.asked,
    from: 'md',
    cell: ({ requested_by, requested_by_name, requested_at }) => (
      <>
        <Said>{requested_by_name ?? requested_by}</Said>, <Ago at={requested_at} />
      </>
    ),
  },
  {
    head: text.cutOver,
    right: true,
    cell: ({ completed_at }) => (completed_at === null ? '–' : <When at={completed_at} />),
  },
]

function Keys({ agent }: { agent: AgentDetail }) {
  const asked = useInfiniteQuery(rotationsQuery(useClient(), agent.id))
  return (
    <div className="grid gap-2">
      <Listed
        label={text.rotations}
        asked={asked}
        columns={rotationColumns}
        keyOf={({ id }) => id}
        empty={text.noRotations}
      >
        <p>
          {words.agent.enrolled} <When at={agent.enrolled_at} />
        </p>
      </Listed>
      <CommandLine line={`xeroctl agents rotations ${agent.name}`} />
    </div>
  )
}
