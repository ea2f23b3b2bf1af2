import type { Message } from './message.ts'
import type { MessageBody } from './message-body.ts'

type Of<Say extends MessageBody['say']> = Extract<MessageBody, { say: Say }>
type Entry = Of<'digest'>['entries'][number]

/** One thing that happened and asks for no decision. */
export function eventMessage({ about, at, detail, subject }: Of<'event'>): Message {
  return {
    title: about.title,
    tone: 'neutral',
    facts: [
      ...(about.workspace === null ? [] : ([['Workspace', about.workspace]] as const)),
      ...(about.risk === null ? [] : ([['Risk', about.risk]] as const)),
      ...(about.requester === null ? [] : ([['Requester', about.requester]] as const)),
      ...(detail === null ? [] : ([['Detail', detail]] as const)),
      ['When', at],
    ],
    subject,
    alarm: 'raise',
  }
}

/** Several at once: what came in too fast, or at night, or still waits. */
export function digestMessage(body: Of<'digest'>): Message {
  const { entries, more, ended, waiting, reminds, subject } = body
  const count = body.news ?? entries.length + more
  const news = count === 0 ? 'News' : `${count} ${count === 1 ? 'message' : 'messages'}`
  const decided = Object.entries(ended).map(([outcome, many]) => `${many} ${outcome}`)
  const waits = `${waiting} ${waiting === 1 ? 'approval waits' : 'approvals wait'}`
  return {
    title: reminds ? `Reminder: ${waits}` : `${news}, and ${waits}`,
    tone: waiting > 0 ? 'asks' : 'neutral',
    facts: [
      ['Waiting now', String(waiting)],
      ...(decided.length === 0 ? [] : ([['Decided since', decided.join(', ')]] as const)),
    ],
    entries: [...entries.map(entryText), ...(more === 0 ? [] : [`and ${more} more`])],
    remarks: ['xeroctl approvals list'],
    subject,
    alarm: waiting > 0 ? 'raise' : 'resolve',
  }
}

export function testMessage({ by }: Of<'test'>): Message {
  return {
    title: 'Test message from Xerotier',
    tone: 'neutral',
    facts: [['Asked for by', by]],
    subject: 'test',
    alarm: 'none',
  }
}

function entryText({ title, workspace, risk, requester, approval }: Entry): string {
  const where = workspace === null ? '' : ` in ${workspace}`
  const how = risk === null ? '' : ` (${risk})`
  const who = requester === null ? '' : `, by ${requester}`
  const which = approval === null ? '' : `: xeroctl approvals show ${approval}`
  return `${title}${where}${how}${who}${which}`
}
