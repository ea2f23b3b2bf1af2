import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { useClient } from '../api/client.ts'
import { agentQuery } from '../api/queries.ts'
import { AgentPause } from '../components/agent-pause.tsx'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { HealthMark, RiskMark } from '../components/marks.tsx'
import { CommandLine, Id, Said } from '../components/texts.tsx'
import { Tools } from '../components/tools.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { Ago, When } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/agents/$agentId/workspaces')
const text = words.agent

export function AgentWorkspaces() {
  const { agentId } = route.useParams()
  const asked = useQuery(agentQuery(useClient(), agentId))
  return (
    <>
      <Heading title={asked.data?.name ?? words.fleet.name}>
        {asked.data !== undefined && <AgentPause agent={asked.data} />}
      </Heading>
      <Answer asked={asked}>{(agent) => <Detail agent={agent} />}</Answer>
    </>
  )
}

function Detail({ agent }: { agent: AgentDetail }) {
  const reason = agent.unhealthy_reason ?? agent.degraded_reason
  return (
    <>
      <div className="card p-4">
        <Facts
          facts={[
            [
              words.fleet.status,
              <span key="status" className="flex flex-wrap items-center gap-2">
                <HealthMark health={agent.health} /> {reason !== null && <Said>{reason}</Said>}
              </span>,
            ],
            [words.id, <Id key="id" id={agent.id} what={words.fleet.name} />],
            [words.fleet.hostname, <Said key="host">{agent.hostname ?? '–'}</Said>],
            [words.fleet.version, agent.version ?? '–'],
            [words.fleet.region, <Said key="region">{agent.region}</Said>],
            [words.fleet.load, `${agent.in_flight} / ${agent.max_concurrent_executions}`],
            [
              words.fleet.heartbeat,
              agent.last_heartbeat_at === null ? words.fleet.never : <Ago key="beat" at={agent.last_heartbeat_at} />,
            ],
            [text.enrolled, <When key="enrolled" at={agent.enrolled_at} />],
            [text.description, <Said key="description">{agent.description ?? '–'}</Said>],
          ]}
        />
      </div>
      {agent.held.length > 0 && (
        <Section title={text.held}>
          <div className="card grid gap-2 p-4">
            <p className="text-soft">{text.heldHint}</p>
            {agent.held.map(({ tool, from, to }) => (
              <p key={tool} className="flex flex-wrap items-center gap-2">
                <Said>{tool}</Said> <RiskMark risk={from} /> → <RiskMark risk={to} />
              </p>
            ))}
            <CommandLine line={`xeroctl agents accept-risk ${agent.name}`} />
          </div>
        </Section>
      )}
      <Section title={text.workspaces}>
        {agent.workspaces.length === 0 ? (
          <p className="card p-4 text-soft">{text.noWorkspaces}</p>
        ) : (
          <ul className="card divide-y divide-line">
            {agent.workspaces.map(({ id, name, credentials_ref }) => (
              <li key={id} className="flex flex-wrap items-center gap-3 px-4 py-2">
                <Link to="/workspaces/$workspaceId" params={{ workspaceId: id }} className="font-medium">
                  <Said>{name}</Said>
                </Link>
                {credentials_ref !== null && (
                  <span className="text-soft">
                    {text.credentials}: <Said>{credentials_ref}</Said>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Tools tools={agent.tools} />
      <CommandLine line={`xeroctl agents show ${agent.name}`} />
    </>
  )
}
