import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { projectRoles } from '../../api/protocol.data.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Scroll, Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Choice } from '../choice.tsx'
import { quoted, Said } from '../texts.tsx'

const text = words.people

type Change = { of: ProjectMember; what: 'role' | 'activity' | 'remove' }

export function Members({ members }: { members: readonly ProjectMember[] }) {
  const [change, setChange] = useState<Change>()
  const [isAdding, setAdding] = useState(false)
  const close = () => setChange(undefined)
  return (
    <Section title={text.members} actions={<Button onClick={() => setAdding(true)}>{text.add}</Button>}>
      <Scroll label={text.members}>
        <table>
          <thead>
            <tr>
              <th>{text.name}</th>
              <th>{text.role}</th>
              <th className="max-md:hidden">{text.groups}</th>
              <th className="text-right max-md:hidden">{text.since}</th>
              <th className="text-right">{words.fleet.actions}</th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.id} className="hover:bg-raised">
                <td className="min-w-32 break-all">
                  <span className="font-medium">
                    <Said>{member.name}</Said>
                  </span>
                  <span className="block text-[12.5px] text-soft">
                    <Said>{member.email}</Said>
                  </span>
                </td>
                <td>
                  <span className="flex flex-wrap gap-1">
                    <Mark
                      tone={member.role === 'owner' ? 'accent' : 'calm'}
                      shape={member.role === 'owner' ? 'square' : 'ring'}
                    >
                      {text.roles[member.role]}
                    </Mark>
                    {!member.active && (
                      <Mark tone="bad" shape="bars">
                        {text.inactive}
                      </Mark>
                    )}
                    {member.system_role !== null && (
                      <Mark tone="warn" shape="diamond">
                        {member.system_role}
                      </Mark>
                    )}
                  </span>
                </td>
                <td className="max-md:hidden">
                  <Said>{member.groups.join(', ') || '–'}</Said>
                </td>
                <td className="text-right max-md:hidden">
                  <Ago at={member.added_at} />
                </td>
                <td>
                  <span className="flex flex-wrap justify-end gap-1">
                    <Button
                      look="quiet"
                      onClick={() => setChange({ of: member, what: 'role' })}
                      aria-label={`${text.changeRole}: ${member.name}`}
                    >
                      {text.changeRole}
                    </Button>
                    <Button
                      look="quiet"
                      onClick={() => setChange({ of: member, what: 'activity' })}
                      aria-label={`${member.active ? text.deactivate : text.activate}: ${member.name}`}
                    >
                      {member.active ? text.deactivate : text.activate}
                    </Button>
                    <Button
                      look="quiet"
                      onClick={() => setChange({ of: member, what: 'remove' })}
                      aria-label={`${text.remove}: ${member.name}`}
                    >
                      {text.remove}
                    </Button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {change?.what === 'role' && <Role member={change.of} close={close} />}
      {change?.what === 'activity' && <Activity member={change.of} close={close} />}
      {change?.what === 'remove' && <Remove member={change.of} close={close} />}
      {isAdding && <Add close={() => setAdding(false)} />}
    </Section>
  )
}

const stale = ['members', 'groups', 'delegations', 'keys']

interface Props {
  member: ProjectMember
  close: () => void
}

function Role({ member, close }: Props) {
  const client = useClient()
  const [role, setRole] = useState(member.role)
  return (
    <Act
      title={`${text.changeRole}: ${member.name}`}
      effect={text.roleEffect}
      doIt={text.makeRole(member.name, text.roles[role])}
      line={`xeroctl project members update ${quoted(member.email)} --role ${role}`}
      act={() => client.call('members.update', { params: { id: member.id }, body: { role } })}
      stale={stale}
      close={close}
    >
      <Choice label={text.role} value={role} options={projectRoles} shown={text.roles} onChange={setRole} />
    </Act>
  )
}

function Activity({ member, close }: Props) {
  const client = useClient()
  const { active, name, email, id } = member
  return (
    <Act
      title={`${active ? text.deactivate : text.activate}: ${name}`}
      effect={active ? text.deactivateEffect : text.activateEffect}
      doIt={active ? text.deactivateNow(name) : text.activateNow(name)}
      look={active ? 'danger' : 'primary'}
      line={`xeroctl project members update ${quoted(email)} --${active ? 'deactivate' : 'activate'}`}
      act={() => client.call('members.update', { params: { id }, body: { active: !active } })}
      stale={stale}
      close={close}
    />
  )
}

function Remove({ member: { id, name, email }, close }: Props) {
  const client = useClient()
  return (
    <Act
      title={`${text.remove}: ${name}`}
      effect={text.removeEffect}
      doIt={text.removeNow(name)}
      look="danger"
      line={`xeroctl project members remove ${quoted(email)}`}
      act={() => client.call('members.remove', { params: { id } })}
      stale={stale}
      close={close}
    />
  )
}

function Add({ close }: { close: () => void }) {
  const client = useClient()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<ProjectMember['role']>('member')
  return (
    <Act
      title={text.add}
      effect={text.addEffect}
      doIt={text.add}
      line={`xeroctl project members add ${quoted(email || '<e-mail>')} --role ${role}`}
      act={() => client.call('members.add', { body: { email, role } })}
      stale={stale}
      close={close}
    >
      <TextField label={text.email} type="email" required value={email} onText={setEmail} />
      <Choice label={text.role} value={role} options={projectRoles} shown={text.roles} onChange={setRole} />
    </Act>
  )
}
