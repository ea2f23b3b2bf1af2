import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { toolsQuery } from '../api/policies.ts'
import { useSearchChange } from '../api/search.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { OperationRows } from '../components/operation-rows.tsx'
import { CommandLine } from '../components/texts.tsx'
import { Tools } from '../components/tools.tsx'
import { Bindings } from '../components/workspace/bindings.tsx'
import { WorkspacePolicy } from '../components/workspace/policy.tsx'
import { Settings } from '../components/workspace/settings.tsx'
import { Section } from '../ui/state.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { words } from '../words/en.ts'

const route = getRouteApi('/frame/workspaces/$workspaceId')
const text = words.workspace

export interface TabSearch {
  tab?: string | undefined
}

export function Workspace() {
  const { workspaceId } = route.useParams()
  const { tab }: TabSearch = route.useSearch()
  const change = useSearchChange()
  const open = tab === 'tools' || tab === 'policy' || tab === 'settings' ? tab : 'agents'
  const client = useClient()
  const asked = useQuery({
    queryKey: ['workspaces', workspaceId],
    queryFn: ({ signal }) => client.call('workspaces.show', { params: { id: workspaceId }, signal }),
  })
  return (
    <>
      <Heading title={asked.data?.name ?? text.title} />
      <Answer asked={asked}>
        {(workspace) => (
          <>
            <Tabs
              label={workspace.name}
              tabs={text.tabs}
              open={open}
              onOpen={(name) => change({ tab: name === 'agents' ? undefined : name })}
            >
              <div className="grid gap-5">
                {open === 'agents' && (
                  <>
                    <Bindings workspace={workspace} />
                    <Recent workspace={workspace.name} />
                  </>
                )}
                {open === 'tools' && <ToolsOf workspace={workspace.name} />}
                {open === 'policy' && <WorkspacePolicy workspace={workspace} />}
                {open === 'settings' && <Settings workspace={workspace} />}
              </div>
            </Tabs>
            <CommandLine line={`xeroctl workspaces show ${workspace.name}`} />
          </>
        )}
      </Answer>
    </>
  )
}

function ToolsOf({ workspace }: { workspace: string }) {
  const asked = useQuery(toolsQuery(useClient(), workspace))
  return <Answer asked={asked}>{({ data }) => <Tools tools={data} />}</Answer>
}

function Recent({ workspace }: { workspace: string }) {
  const client = useClient()
  const asked = useQuery({
    queryKey: ['executions-head', workspace],
    queryFn: ({ signal }) => client.call('executions.list', { query: { workspace, limit: 10 }, signal }),
  })
  return (
    <Section title={text.recent}>
      <Answer asked={asked} rows={3}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="card p-4 text-soft">{words.operations.empty}</p>
          ) : (
            <OperationRows rows={data} />
          )
        }
      </Answer>
    </Section>
  )
}
