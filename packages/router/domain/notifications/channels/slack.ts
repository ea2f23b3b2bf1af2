// Block Kit for an incoming webhook of Slack (docs.slack.dev/reference/block-kit). What comes from
// others stands in plain text and in rich text, which know no markup and no mentions.
import { type Message, shortened } from '../message.ts'

/** What Slack takes at most, in characters and in fields of a section. */
const most = { header: 150, text: 2_900, field: 900, fields: 10 }

const marks: Record<Message['tone'], string> = { asks: '🟡', good: '🟢', bad: '🔴', neutral: '🔵' }

const plain = (text: string, characters: number) => ({
  type: 'plain_text' as const,
  text: cut(text, characters),
  emoji: false,
})

export function slackBody(message: Message): string {
  const { title, facts, code, entries, remarks, link } = message
  const header = `${marks[message.tone]} ${title}`
  return JSON.stringify({
    // Of notifications on a phone; a `<` would begin a mention.
    text: cut(header, most.text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
    blocks: [
      { type: 'header', text: plain(header, most.header) },
      ...inGroups(facts, most.fields).map((some) => ({
        type: 'section',
        fields: some.map(([label, value]) => plain(`${label}: ${value}`, most.field)),
      })),
      ...(code === undefined ? [] : [richText('rich_text_preformatted', code)]),
      ...(entries === undefined || entries.length === 0 ? [] : [listOf(entries)]),
      ...(remarks ?? []).map((remark) => ({ type: 'context', elements: [plain(remark, most.text)] })),
      ...(link === undefined
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: plain(link.label, 70), url: link.url }] }]),
    ],
  })
}

function richText(type: string, text: string) {
  return { type: 'rich_text', elements: [{ type, elements: [{ type: 'text', text: shortened(text, most.text) }] }] }
}

function listOf(entries: readonly string[]) {
  const items = entries.map((entry) => ({
    type: 'rich_text_section',
    elements: [{ type: 'text', text: cut(entry, most.field) }],
  }))
  return { type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'bullet', elements: items }] }
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
