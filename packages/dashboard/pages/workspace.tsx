import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { OperationRows } from '../components/operation-rows.tsx'
import { CommandLine, Id, Said } from '../components/texts.tsx'
import { Facts, Section } from '../ui/state.tsx'
import { When } from '../ui/time.tsx'
import { words } from '../words/en.ts'
import { Tools } from './agent-workspaces.tsx'

const route = getRouteApi('/frame/workspaces/$workspaceId')
const text = words.workspace

export function Workspace() {
  const { workspaceId } = route.useParams()
  const client = useClient()
  const asked = useQuery({
    queryKey: ['workspaces', workspaceId],
    queryFn: ({ signal }) => client.call('workspaces.show', { params: { id: workspaceId }, signal }),
  })
  const tools = useQuery({
    queryKey: ['workspaces', workspaceId, 'tools'],
    queryFn: ({ signal }) => client.call('tools.list', { query: { workspace: workspaceId, limit: 100 }, signal }),
  })
  const calls = useQuery({
    queryKey: ['executions-head', workspaceId],
    queryFn: ({ signal }) => client.call('executions.list', { query: { workspace: workspaceId, limit: 10 }, signal }),
  })
  return (
    <>
      <Heading title={asked.data?.name ?? text.title} />
      <Answer asked={asked}>
        {(workspace) => (
          <>
            <div className="card p-4">
              <Facts
                facts={[
                  [words.id, <Id key="id" id={workspace.id} what={text.title} />],
                  [text.type, workspace.type],
                  [words.agent.description, <Said key="description">{workspace.description ?? '–'}</Said>],
                  [text.agents.replace(/^Bound a/, 'A'), workspace.agents.length],
                  [words.agent.enrolled.replace('Enrolled', 'Made'), <When key="made" at={workspace.created_at} />],
                ]}
              />
            </div>
            <Section title={text.agents}>
              {workspace.agents.length === 0 ? (
                <p className="card p-4 text-soft">{text.noAgents}</p>
              ) : (
                <ul className="card divide-y divide-line">
                  {workspace.agents.map(({ agent_id, agent, health, credentials_ref }) => (
                    <li key={agent_id} className="flex flex-wrap items-center gap-3 px-4 py-2">
                      <Link to="/agents/$agentId/workspaces" params={{ agentId: agent_id }} className="font-medium">
                        <Said>{agent}</Said>
                      </Link>
                      <span className="text-soft">{health}</span>
                      {credentials_ref !== null && <Said>{credentials_ref}</Said>}
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            {tools.data !== undefined && <Tools tools={tools.data.data} />}
            <Section title={text.recent}>
              <Answer asked={calls} rows={3}>
                {({ data }) =>
                  data.length === 0 ? (
                    <p className="card p-4 text-soft">{words.operations.empty}</p>
                  ) : (
                    <OperationRows rows={data} />
                  )
                }
              </Answer>
            </Section>
            <CommandLine line={`xeroctl workspaces show ${workspace.name}`} />
          </>
        )}
      </Answer>
    </>
  )
}
