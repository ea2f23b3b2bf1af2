import type { MemberSession } from '@xerotier/protocol/api/sessions.ts'
import type { RecordView, View } from '../output/view.ts'

export const sessionView: View<MemberSession> = {
  name: (session) => session.id,
  columns: [
    { header: 'ID', value: (session) => session.id },
    { header: 'PERSON', value: (session) => session.user_email },
    { header: 'SEEN', value: (session) => ({ time: session.seen_at }) },
    { header: 'ADDRESS', value: (session) => session.address, dropOrder: 2 },
    { header: 'BY', value: (session) => session.methods.join(','), dropOrder: 3 },
    { header: 'BROWSER', value: (session) => session.browser, shrink: true, dropOrder: 1 },
    { header: 'KEY', value: (session) => session.key_name, wide: true },
    { header: 'EXPIRES', value: (session) => ({ time: session.expires_at }), wide: true },
  ],
}

export const sessionRecord: RecordView<MemberSession> = {
  name: sessionView.name,
  detail: (session) => ({
    fields: [
      ['Id', session.id],
      ['Person', `${session.user_name} (${session.user_email})`],
      ['By', session.methods.join(', ')],
      ['Key', session.key_id === null ? null : `${session.key_name} (${session.key_id})`],
      ['Address', session.address],
      ['Browser', session.browser],
      ['Began', { time: session.created_at }],
      ['Seen', { time: session.seen_at }],
      ['Expires', { time: session.expires_at }],
    ],
  }),
}
