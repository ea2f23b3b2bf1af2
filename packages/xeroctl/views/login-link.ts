import type { LoginLink } from '@xerotier/protocol/api/sessions.ts'
import type { RecordView } from '../output/view.ts'

export const loginLinkRecord: RecordView<LoginLink> = {
  name: ({ id }) => id,
  detail: ({ email, expires_at }) => ({
    fields: [
      ['Logs in', email],
      ['Expires', { due: expires_at }],
    ],
  }),
}
