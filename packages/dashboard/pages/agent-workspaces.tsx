import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { agentQuery } from '../api/queries.ts'
import { ServedWorkspaces } from '../components/agent/workspaces.tsx'
import { AgentPause } from '../components/agent-pause.tsx'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { CommandLine } from '../components/texts.tsx'
import { Tools } from '../components/tools.tsx'
import { Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/agents/$agentId/workspaces')

export function AgentWorkspaces() {
  const { agentId } = route.useParams()
  const asked = useQuery(agentQuery(useClient(), agentId))
  return (
    <>
      <Heading title={asked.data?.name ?? words.fleet.name}>
        {asked.data !== undefined && (
          <>
            <Link to="/agents/$agentId" params={{ agentId }}>
              {words.agents.configuration}
            </Link>
            <AgentPause agent={asked.data} />
          </>
        )}
      </Heading>
      <Answer asked={asked}>
        {(agent) => (
          <>
            <Section title={words.agent.workspaces}>
              <ServedWorkspaces agent={agent} />
            </Section>
            <Tools tools={agent.tools} />
            <CommandLine line={`xeroctl agents show ${agent.name}`} />
          </>
        )}
      </Answer>
    </>
  )
}
