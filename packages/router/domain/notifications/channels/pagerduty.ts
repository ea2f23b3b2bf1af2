// Events v2 of PagerDuty (developer.pagerduty.com/docs/events-api-v2). One incident a subject:
// raised when somebody is asked, acknowledged by the decision, resolved when the call has ended.
import { type Message, shortened } from '../message.ts'

const actions = { raise: 'trigger', acknowledge: 'acknowledge', resolve: 'resolve' } as const
const severities: Record<Message['tone'], string> = { asks: 'warning', good: 'info', bad: 'error', neutral: 'info' }
/** What PagerDuty takes at most. */
const mostSummary = 1_000

/** @returns undefined for what is no alarm */
export function pagerDutyBody(message: Message, routingKey: string): string | undefined {
  const { alarm, subject, title, tone, facts, code, entries, link } = message
  if (alarm === 'none') return undefined
  const event = {
    routing_key: routingKey,
    event_action: actions[alarm],
    dedup_key: `xerotier-${subject}`.slice(0, 255),
  }
  if (alarm !== 'raise') return JSON.stringify(event)
  return JSON.stringify({
    ...event,
    client: 'Xerotier',
    ...(link === undefined ? {} : { links: [{ href: link.url, text: link.label }] }),
    payload: {
      summary: shortened(title, mostSummary),
      source: 'xerotier-router',
      severity: severities[tone],
      custom_details: {
        ...Object.fromEntries(facts),
        ...(code === undefined ? {} : { Arguments: code }),
        ...(entries === undefined || entries.length === 0 ? {} : { Calls: entries.join('\n') }),
      },
    },
  })
}
