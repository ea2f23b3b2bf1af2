// A message as a note on somebody's phone, where others may read it: who asks, and for which tool.
// No argument of the call stands in it, nor what somebody gave as a reason or a note.
import type { PushNote } from '@xerotier/protocol/push.ts'
import { type Message, shortened } from './message.ts'

const mostTitle = 200
const mostName = 80

/** @param project its slug: who has several looks at another, perhaps */
export function pushNoteOf(
  { title, tone, facts, subject, until }: Message,
  { approvalId, project }: { approvalId: string | null; project: string },
): PushNote {
  const asks = tone === 'asks'
  const requester = facts.find(([label]) => label === 'Requester')?.[1]
  const search = new URLSearchParams({ ...(approvalId === null ? {} : { id: approvalId }), project })
  return {
    title: shortened(title.replace(/\s+/g, ' '), mostTitle),
    asked_by: asks && requester !== undefined ? shortened(requester, mostName) : null,
    until: asks ? (until ?? null) : null,
    tag: subject,
    path: `approvals?${search}`,
    quiet: !asks && tone !== 'bad',
  }
}
