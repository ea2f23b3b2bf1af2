// Which agents serve a workspace, and by which credentials of theirs.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { agentsQuery, may } from '../../api/queries.ts'
import { useSession } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Scroll, Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { useHindrance } from '../hindrance.ts'
import { HealthMark } from '../marks.tsx'
import { quoted, Said } from '../texts.tsx'

const text = words.workspace

type Bound = Workspace['agents'][number]

export function Bindings({ workspace }: { workspace: Workspace }) {
  const hindrance = useHindrance('inference', 'management')
  const [isBinding, setBinding] = useState(false)
  const [unbinding, setUnbinding] = useState<Bound>()
  const client = useClient()
  return (
    <Section
      title={text.agents}
      actions={
        <Button why={hindrance} onClick={() => setBinding(true)}>
          {text.bind}
        </Button>
      }
    >
      {workspace.agents.length === 0 ? (
        <p className="card p-4 text-soft">{text.noAgents}</p>
      ) : (
        <Scroll label={text.agents}>
          <table>
            <thead>
              <tr>
                <th>{words.fleet.name}</th>
                <th>{words.fleet.status}</th>
                <th className="max-sm:hidden">{words.agent.credentials}</th>
                <th className="text-right max-md:hidden">{text.bound}</th>
                <th className="text-right">{words.fleet.actions}</th>
              </tr>
            </thead>
            <tbody>
              {workspace.agents.map((bound) => (
                <tr key={bound.agent_id} className="hover:bg-raised">
                  <td>
                    <Link to="/agents/$agentId" params={{ agentId: bound.agent_id }} className="font-medium break-all">
                      <Said>{bound.agent}</Said>
                    </Link>
                  </td>
                  <td>
                    <HealthMark health={bound.health} />
                  </td>
                  <td className="break-all max-sm:hidden">
                    {bound.credentials_ref === null ? '–' : <Said>{bound.credentials_ref}</Said>}
                  </td>
                  <td className="text-right max-md:hidden">
                    <Ago at={bound.bound_at} />
                  </td>
                  <td className="text-right">
                    <Button
                      look="quiet"
                      why={hindrance}
                      aria-label={text.unbindTitle(bound.agent, workspace.name)}
                      onClick={() => setUnbinding(bound)}
                    >
                      {text.unbind}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {isBinding && <Bind workspace={workspace} close={() => setBinding(false)} />}
      {unbinding !== undefined && (
        <Act
          title={text.unbindTitle(unbinding.agent, workspace.name)}
          effect={text.unbindEffect}
          doIt={text.unbindTitle(unbinding.agent, workspace.name)}
          look="danger"
          line={`xeroctl workspaces unbind ${workspace.name} --agent ${unbinding.agent}`}
          act={() => client.call('workspaces.unbind', { params: { id: workspace.id, agent: unbinding.agent_id } })}
          stale={['workspaces', 'agents', 'agent']}
          close={() => setUnbinding(undefined)}
        />
      )}
    </Section>
  )
}

function Bind({ workspace, close }: { workspace: Workspace; close: () => void }) {
  const client = useClient()
  const { data: agents } = useQuery({ ...agentsQuery(client), enabled: may(useSession(), 'management') })
  const bound = new Set(workspace.agents.map(({ agent_id }) => agent_id))
  const free = agents?.filter(({ id }) => !bound.has(id)) ?? []
  const [agent, setAgent] = useState('')
  const [reference, setReference] = useState('')
  const body = { agent, ...(reference.trim() === '' ? {} : { credentials_ref: reference.trim() }) }
  const line = `xeroctl workspaces bind ${workspace.name} --agent ${quoted(agent || '<agent>')}${reference.trim() === '' ? '' : ` --credentials-ref ${quoted(reference.trim())}`}`
  return (
    <Act
      title={text.bindTitle(workspace.name)}
      effect={text.bindEffect}
      doIt={agent === '' ? text.bind : text.bindNow(agent, workspace.name)}
      line={line}
      act={() => client.call('workspaces.bind', { params: { id: workspace.id }, body })}
      stale={['workspaces', 'agents', 'agent']}
      close={close}
    >
      <Field label={words.fleet.name}>
        {(ids) => (
          <select {...ids} required className="field" value={agent} onChange={({ target }) => setAgent(target.value)}>
            <option value="">{words.people.choose}</option>
            {free.map(({ id, name }) => (
              <option key={id} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField label={words.agent.credentials} hint={text.credentialsHint} value={reference} onText={setReference} />
    </Act>
  )
}
