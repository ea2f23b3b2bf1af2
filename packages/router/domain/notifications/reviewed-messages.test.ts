import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deceits, deceivingApproval, nothingDeceives } from '@xerotier/devkit/deceiving-approval.ts'
import { mailOf } from './channels/email.ts'
import { pagerDutyBody } from './channels/pagerduty.ts'
import { slackBody } from './channels/slack.ts'
import { teamsBody } from './channels/teams.ts'
import { type Message, reviewedMessage } from './message.ts'
import { askedMessage, endedMessage } from './message-of-approval.ts'
import { digestMessage, eventMessage, testMessage } from './message-of-several.ts'

const about = { title: deceits, workspace: deceits, risk: 'write' as const, requester: deceits }
const messages: Record<string, Message> = {
  'a request': askedMessage(deceivingApproval(), { stage: 1, link: 'https://xem.example.com/ops/approval/1?token=t' }),
  'a request with a long value': askedMessage(deceivingApproval({ args: { data: deceits.repeat(200) } }), { stage: 0 }),
  'a decision': endedMessage(deceivingApproval({ state: 'rejected', review_due_at: null }), 'resolve'),
  'a broken glass': endedMessage(deceivingApproval({ state: 'approved', reviewed_at: null }), 'acknowledge'),
  'an event': eventMessage({ say: 'event', subject: 's', about, at: '2026-05-01T12:00:00.000Z', detail: deceits }),
  'a digest': digestMessage({
    say: 'digest',
    entries: [{ ...about, approval: null }],
    more: 2,
    ended: { approved: 1 },
    waiting: 1,
    reminds: false,
    subject: 's',
  }),
  'a test': testMessage({ say: 'test', by: deceits }),
}

for (const [name, message] of Object.entries(messages)) {
  test(`in ${name} nothing is unseen, turned around or confusable, in any channel`, () => {
    const shown = reviewedMessage(message)
    const mail = mailOf(shown)
    for (const [channel, text] of Object.entries({ subject: mail.subject, text: mail.text, html: mail.html }))
      nothingDeceives(text, channel)
    nothingDeceives(stringsOf(slackBody(shown)), 'Slack')
    // A card loses the spaces that lines begin with, so they are no plain ones.
    nothingDeceives(stringsOf(teamsBody(shown)).replaceAll(/^\u00a0+/gm, ''), 'Teams')
    const page = pagerDutyBody(shown, 'a key')
    if (page !== undefined) nothingDeceives(stringsOf(page), 'PagerDuty')
  })
}

test('what is too long for a message is cut, and the message says that it is not all', () => {
  const { code, remarks } = reviewedMessage(messages['a request with a long value'] ?? assert.fail())
  assert.match(code ?? '', /… \(\d+ characters more\)$/)
  assert.match(remarks?.[0] ?? '', /not all of its arguments/)
})

/** All texts of a JSON document. */
function stringsOf(json: string): string {
  const found: string[] = []
  JSON.parse(json, (key, value: unknown) => {
    found.push(key)
    if (typeof value === 'string') found.push(value)
    return value
  })
  return found.join('\n')
}
