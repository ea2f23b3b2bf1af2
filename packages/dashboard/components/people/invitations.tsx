import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Invitation } from '@xerotier/protocol/api/invitations.ts'
import type { ProjectMember } from '@xerotier/protocol/api/members.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { projectRoles } from '../../api/protocol.data.ts'
import { invitationsQuery } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Scroll, Section } from '../../ui/state.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Answer, Refused } from '../asked.tsx'
import { Choice } from '../choice.tsx'
import { SecretOnce } from '../secret-once.tsx'
import { CommandLine, quoted, Said } from '../texts.tsx'

const text = words.people

export function Invitations() {
  const asked = useQuery(invitationsQuery(useClient()))
  const [isInviting, setInviting] = useState(false)
  const [revoking, setRevoking] = useState<Invitation>()
  return (
    <Section title={text.invitations} actions={<Button onClick={() => setInviting(true)}>{text.invite}</Button>}>
      <Answer asked={asked} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="card p-4 text-soft">{text.noInvitations}</p>
          ) : (
            <Scroll label={text.invitations}>
              <table>
                <thead>
                  <tr>
                    <th>{text.email}</th>
                    <th>{text.role}</th>
                    <th>{text.state}</th>
                    <th className="text-right max-md:hidden">{text.since}</th>
                    <th className="text-right">{words.fleet.actions}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((invitation) => (
                    <tr key={invitation.id} className="hover:bg-raised">
                      <td className="break-all">
                        <Said>{invitation.email}</Said>
                      </td>
                      <td>{text.roles[invitation.role]}</td>
                      <td>
                        <Mark
                          tone={invitation.state === 'pending' ? 'accent' : 'calm'}
                          shape={
                            invitation.state === 'pending'
                              ? 'ring'
                              : invitation.state === 'accepted'
                                ? 'check'
                                : 'cross'
                          }
                        >
                          {invitation.state}
                        </Mark>
                      </td>
                      <td className="text-right max-md:hidden">
                        <Ago at={invitation.created_at} />
                      </td>
                      <td className="text-right">
                        {invitation.state === 'pending' && (
                          <Button
                            look="quiet"
                            onClick={() => setRevoking(invitation)}
                            aria-label={`${text.revoke}: ${invitation.email}`}
                          >
                            {text.revoke}
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
      {isInviting && <Invite close={() => setInviting(false)} />}
      {revoking !== undefined && <Revoke invitation={revoking} close={() => setRevoking(undefined)} />}
    </Section>
  )
}

function Invite({ close }: { close: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<ProjectMember['role']>('member')
  const inviting = useMutation({
    mutationFn: () => client.call('invitations.create', { body: { email, role } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations'] }),
  })
  if (inviting.data !== undefined)
    return (
      <SecretOnce
        title={text.invited(inviting.data.email)}
        value={inviting.data.token}
        hint={text.invitedHint}
        close={close}
      >
        <CommandLine line={`xeroctl project invitations accept --name ${quoted('<name>')} --token-stdin < token.txt`} />
      </SecretOnce>
    )
  return (
    <Dialog title={text.invite} closeLabel={words.close} onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          inviting.mutate()
        }}
      >
        <p className="text-soft">{text.inviteEffect}</p>
        <TextField label={text.email} type="email" required value={email} onText={setEmail} />
        <Choice label={text.role} value={role} options={projectRoles} shown={text.roles} onChange={setRole} />
        <Refused error={inviting.error} />
        <Button type="submit" look="primary" large disabled={inviting.isPending}>
          {text.invite}
        </Button>
        <CommandLine
          line={`xeroctl project invitations create --email ${quoted(email || '<e-mail>')} --role ${role}`}
        />
      </form>
    </Dialog>
  )
}

function Revoke({ invitation: { id, email }, close }: { invitation: Invitation; close: () => void }) {
  const client = useClient()
  return (
    <Act
      title={`${text.revoke}: ${email}`}
      effect={text.revokeEffect}
      doIt={text.revokeNow(email)}
      look="danger"
      line={`xeroctl project invitations revoke ${id}`}
      act={() => client.call('invitations.revoke', { params: { id } })}
      stale={['invitations']}
      close={close}
    />
  )
}
