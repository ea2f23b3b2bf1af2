// All policies of the project: which decides where.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { policiesQuery } from '../api/policies.ts'
import { Answer } from '../components/asked.tsx'
import { Heading } from '../components/heading.tsx'
import { PolicyEditor } from '../components/policy/editor.tsx'
import { CommandLine, Said } from '../components/texts.tsx'
import { blank } from '../components/workspace/policy.tsx'
import { Button } from '../ui/button.tsx'
import { Notice, Scroll } from '../ui/state.tsx'
import { Ago } from '../ui/time.tsx'
import { words } from '../words/en.ts'

const text = words.policies
/** Of the one for the whole project, where there is none yet. */
const ofProject = 'project'

export function Policies() {
  const asked = useQuery(policiesQuery(useClient()))
  const [isWriting, setWriting] = useState(false)
  return (
    <>
      <Heading title={text.title} />
      <p className="text-soft">{text.hint}</p>
      <Answer asked={asked}>
        {({ data }) => {
          const none = data.every(({ workspace_id }) => workspace_id !== null)
          return (
            <>
              {data.length === 0 ? (
                <Notice title={text.none} />
              ) : (
                <Scroll label={text.title}>
                  <table>
                    <thead>
                      <tr>
                        <th>{text.name}</th>
                        <th>{text.workspace}</th>
                        <th className="text-right">{text.version}</th>
                        <th className="text-right max-sm:hidden">{text.draft}</th>
                        <th className="text-right max-sm:hidden">{text.changed}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {data.map(({ id, name, workspace, version, draft_version, updated_at }) => (
                        <tr key={id} className="hover:bg-raised">
                          <td>
                            <Link to="/policies/$policy" params={{ policy: name }} className="font-medium break-all">
                              <Said>{name}</Said>
                            </Link>
                          </td>
                          <td>{workspace === null ? text.project : <Said>{workspace}</Said>}</td>
                          <td className="text-right tabular-nums">{version ?? '–'}</td>
                          <td className="text-right tabular-nums max-sm:hidden">{draft_version ?? '–'}</td>
                          <td className="text-right max-sm:hidden">
                            <Ago at={updated_at} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
              )}
              {none && !isWriting && (
                <Button look="primary" className="justify-self-start" onClick={() => setWriting(true)}>
                  {text.createFor(text.project)}
                </Button>
              )}
              {none && isWriting && <PolicyEditor name={ofProject} workspace={undefined} base={blank} />}
            </>
          )
        }}
      </Answer>
      <CommandLine line="xeroctl approvals policy list" />
    </>
  )
}
