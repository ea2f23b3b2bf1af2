// What decides in a workspace: a policy of its own, that of the project, or neither.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { policiesQuery, policyQuery } from '../../api/policies.ts'
import { delegationsQuery, may } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/state.tsx'
import { words } from '../../words/en.ts'
import { Answer, Missing } from '../asked.tsx'
import { DelegationList } from '../people/delegation-list.tsx'
import { PolicyEditor } from '../policy/editor.tsx'
import { Said } from '../texts.tsx'

const text = words.policies

export function WorkspacePolicy({ workspace }: { workspace: Workspace }) {
  const asked = useQuery(policiesQuery(useClient()))
  return (
    <>
      <Answer asked={asked}>
        {({ data }) => {
          const own = data.find(({ workspace_id }) => workspace_id === workspace.id)
          if (own !== undefined) return <OpenPolicy name={own.name} workspace={workspace.name} />
          const ofProject = data.find(({ workspace_id, version }) => workspace_id === null && version !== null)
          const isTaken = data.some(({ name }) => name === workspace.name)
          return (
            <None
              ofProject={ofProject?.name}
              workspace={workspace.name}
              name={isTaken ? `${workspace.name}-policy` : workspace.name}
            />
          )
        }}
      </Answer>
      <DelegationsHere workspace={workspace.id} />
    </>
  )
}

/** What decides now is what is written on. */
export function OpenPolicy({ name, workspace }: { name: string; workspace: string | undefined }) {
  const asked = useQuery(policyQuery(useClient(), name))
  return (
    <Answer asked={asked}>
      {({ document }) => <PolicyEditor key={name} name={name} workspace={workspace} base={document} />}
    </Answer>
  )
}

interface NoneProps {
  ofProject: string | undefined
  workspace: string
  /** Of the policy that could be written. */
  name: string
}

function None({ ofProject, workspace, name }: NoneProps) {
  const [isWriting, setWriting] = useState(false)
  if (isWriting) return <PolicyEditor name={name} workspace={workspace} base={blank} />
  return (
    <div className="card grid justify-items-start gap-3 p-4">
      <p>
        {ofProject === undefined ? (
          text.none
        ) : (
          <>
            <Said>{text.ofProject(ofProject)}</Said>{' '}
            <Link to="/policies/$policy" params={{ policy: ofProject }}>
              {text.open}
            </Link>
          </>
        )}
      </p>
      <Button look="primary" onClick={() => setWriting(true)}>
        {text.createFor(workspace)}
      </Button>
    </div>
  )
}

export const blank = {}

function DelegationsHere({ workspace }: { workspace: string }) {
  const asked = useQuery({ ...delegationsQuery(useClient()), enabled: may(useSession(), 'management') })
  const here = asked.data?.data.filter(
    ({ state, workspaces }) =>
      state !== 'ended' && (workspaces === null || workspaces.some(({ id }) => id === workspace)),
  )
  if (here === undefined) return <Missing what={words.policy.delegations} asked={asked} error={asked.error} />
  return (
    <Section title={words.policy.delegations} actions={<Link to="/people">{words.policy.toDelegations}</Link>}>
      {here.length === 0 ? (
        <p className="card p-4 text-soft">{words.policy.noDelegations}</p>
      ) : (
        <DelegationList delegations={here} />
      )}
    </Section>
  )
}
