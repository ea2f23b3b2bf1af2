// An adaptive card for a workflow or an incoming webhook of Microsoft Teams (adaptivecards.io).
// Text runs know no markup; text blocks and facts would read Markdown in what comes from others.
import type { Message } from '../message.ts'

const colours: Record<Message['tone'], string> = { asks: 'Warning', good: 'Good', bad: 'Attention', neutral: 'Default' }

export function teamsBody(message: Message): string {
  const { title, tone, facts, code, entries, remarks, link } = message
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      runs({ text: title, weight: 'Bolder', size: 'Large', color: colours[tone] }),
      ...facts.map(([label, value]) => runs({ text: `${label}: `, weight: 'Bolder' }, { text: value })),
      ...(code === undefined
        ? []
        : code.split('\n').map((line) => runs({ text: line.replace(/^ +/, indent), fontType: 'Monospace' }))),
      ...(entries ?? []).map((entry) => runs({ text: `• ${entry}` })),
      ...(remarks ?? []).map((remark) => runs({ text: remark, isSubtle: true, size: 'Small' })),
    ],
    ...(link === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: link.label, url: link.url }] }),
  }
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  })
}

interface Run {
  text: string
  weight?: 'Bolder'
  size?: 'Large' | 'Small'
  color?: string
  fontType?: 'Monospace'
  isSubtle?: boolean
}

function runs(...inlines: Run[]) {
  return { type: 'RichTextBlock', inlines: inlines.map((run) => ({ type: 'TextRun', ...run })) }
}

/** Leading spaces would be lost. */
function indent(spaces: string): string {
  return '\u00a0'.repeat(spaces.length)
}
