import type { Standing } from '@xerotier/protocol/api/approvals.ts'
import type { RecordView } from '../output/view.ts'

const may = (hindrance: Standing['approve']) =>
  hindrance === null ? 'you may' : `not you: ${hindrance.message} (${hindrance.code})`

export const standingRecord: RecordView<Standing> = {
  name: ({ approval_id }) => approval_id,
  detail: ({ approval_id, approve, reject }) => ({
    fields: [
      ['Approval', approval_id],
      ['Approve', may(approve)],
      ['Reject', may(reject)],
    ],
  }),
}
