import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient } from '../api/client.ts'
import { workspacesQuery } from '../api/queries.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { Said } from '../components/texts.tsx'
import { Topology } from '../components/topology.tsx'
import { Notice, Scroll, Section } from '../ui/state.tsx'
import { words } from '../words/en.ts'

const text = words.graph

export function Graph() {
  const asked = useQuery(workspacesQuery(useClient()))
  return (
    <>
      <Heading title={text.title} />
      <Answer asked={asked}>
        {(workspaces) =>
          workspaces.length === 0 ? (
            <Notice title={text.empty}>
              <p>{text.emptyHint}</p>
            </Notice>
          ) : (
            <>
              <p className="text-soft">{text.hint}</p>
              <Topology workspaces={workspaces} />
              <Section title={text.table}>
                <Scroll label={text.table}>
                  <table>
                    <thead>
                      <tr>
                        <th>{text.workspace}</th>
                        <th>{text.agents}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {workspaces.map(({ id, name, agents }) => (
                        <tr key={id}>
                          <td>
                            <Link to="/workspaces/$workspaceId" params={{ workspaceId: id }}>
                              <Said>{name}</Said>
                            </Link>
                          </td>
                          <td>
                            {agents.length === 0 ? (
                              words.none
                            ) : (
                              <Said>{agents.map(({ agent, health }) => `${agent} (${health})`).join(', ')}</Said>
                            )}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
              </Section>
            </>
          )
        }
      </Answer>
    </>
  )
}
