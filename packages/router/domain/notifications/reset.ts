// Who has forgotten a password gets a mail, where the router sends any. Nobody else learns whether
// there is such an account.
import { limits } from '@xerotier/protocol/limits.ts'
import { selectMemberships } from '../../store/sessions.ts'
import { enqueue } from '../deliveries/enqueue.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { findUserByEmail } from '../people/find.ts'
import type { Records } from '../records.ts'
import type { Message } from './message.ts'
import { writeBody } from './message-body.ts'

type Core = Records & { outbox: Outbox }

export async function mailReset(core: Core, email: string): Promise<void> {
  await write(core, async (writing) => {
    const { tx, now, after } = writing
    const user = await findUserByEmail(tx, email)
    const [project] = user?.active === true ? await selectMemberships(tx, user.id) : []
    if (user === undefined || project === undefined) return
    const until = new Date(now.getTime() + limits.passwordResetSeconds * 1000).toISOString()
    await enqueue(writing, [
      {
        projectId: project.id,
        channelId: null,
        lane: `mail:${project.id}`,
        recipient: user.id,
        eventId: newId('evt', now.getTime()),
        type: 'password.reset',
        body: writeBody({ say: 'reset', until }),
      },
    ])
    after(() => core.outbox.wake())
  })
}

export function resetMessage({ url, until }: { url: string; until: string }): Message {
  return {
    title: 'Set a new password for Xerotier',
    tone: 'neutral',
    facts: [['Until', until]],
    remarks: [
      'Somebody asked for this, with your address. The link is good once; your sessions end then. If it was not you, do nothing: your password stays as it is.',
    ],
    link: { label: 'Set a new password', url },
    subject: 'password',
    alarm: 'none',
  }
}
