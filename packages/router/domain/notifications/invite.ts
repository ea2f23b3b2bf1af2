// Whoever is invited gets a mail, where the router sends any. Its row has the token sealed: who
// reads the database cannot come in as somebody else.
import type { Invitation, invitationCreateSchema } from '@xerotier/protocol/api/invitations.ts'
import type { z } from 'zod'
import type { NamedInvitationRow } from '../../store/invitations.ts'
import type { Member } from '../actor.ts'
import { enqueue } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import { newId } from '../ids.ts'
import { createInvitation } from '../people/invitations/create.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { Message } from './message.ts'
import { writeBody } from './message-body.ts'

type Inviting = Records & { outbox: Outbox; settings: Pick<Settings, 'mail'> }

/** @throws Fault group_not_found, already_member, invitation_pending, limit_reached */
export function invite(
  core: Inviting,
  actor: Member,
  body: z.output<typeof invitationCreateSchema>,
): Promise<Invitation & { token: string }> {
  if (!core.settings.mail) return createInvitation(core, actor, body)
  return createInvitation(core, actor, body, async (writing, { id, project_id }, token) => {
    await enqueue(writing, [
      {
        projectId: project_id,
        channelId: null,
        lane: `mail:${project_id}`,
        recipient: id,
        eventId: newId('evt', writing.now.getTime()),
        type: 'invitation.created',
        body: writeBody({ say: 'invited', invitation: id, token }),
        isSealed: true,
      },
    ])
    writing.after(() => core.outbox.wake())
  })
}

/** @param address of the project at the router, as xeroctl takes it */
export function invitedMessage(
  invitation: NamedInvitationRow,
  { token, project, address }: { token: string; project: string; address: string },
): Message {
  const { id, role, group_names: groups, created_by, created_by_name, expires_at } = invitation
  return {
    title: `You are invited to the project ${project}`,
    tone: 'neutral',
    facts: [
      ['Invited by', created_by_name ?? created_by],
      ['Role', role],
      ...(groups.length === 0 ? [] : ([['Groups', groups.join(', ')]] as const)),
      ['Until', expires_at.toISOString()],
      ['Token', token],
    ],
    remarks: [
      `xeroctl project invitations accept --base-url ${address} --name '<your name>'`,
      'It asks for the token, and prints your API key this once. Whoever has the token can come in as you: tell it to nobody.',
    ],
    subject: id,
    alarm: 'none',
  }
}
