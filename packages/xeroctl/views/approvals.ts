import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { RecordView, View } from '../output/view.ts'

export const approvalView: View<Approval> = {
  name: (approval) => approval.id,
  columns: [
    { header: 'ID', value: (approval) => approval.id },
    { header: 'STATUS', value: (approval) => ({ word: approval.state }) },
    { header: 'RISK', value: (approval) => ({ word: approval.risk }) },
    { header: 'TOOL', value: (approval) => approval.tool, shrink: true },
    { header: 'WORKSPACE', value: (approval) => approval.workspace, wide: true },
    { header: 'CREATED', value: (approval) => ({ time: approval.requested_at }) },
    { header: 'EXPIRES', value: (approval) => ({ time: approval.expires_at }), wide: true },
    { header: 'REQUESTED BY', value: (approval) => approval.requested_by, wide: true },
    { header: 'PROMPT', value: (approval) => approval.prompt, wide: true, shrink: true },
  ],
}

export const approvalRecord: RecordView<Approval> = {
  name: approvalView.name,
  detail: (approval) => ({
    fields: [
      ['Id', approval.id],
      ['Status', { word: approval.state }],
      ['Prompt', approval.prompt],
      ['Tool', approval.tool],
      ['Risk', { word: approval.risk }],
      ['Workspace', `${approval.workspace} (${approval.workspace_id})`],
      ['Execution', approval.execution_id],
      ['Requested by', approval.requested_by],
      ['Requested', { time: approval.requested_at }],
      ['Reason', approval.reason],
      ['Times out', { time: approval.expires_at }],
      ['To approve, type', approval.confirm],
      ['Decided by', approval.decided_by],
      ['Decided', { time: approval.decided_at }],
      ['Note', approval.note],
      ['Policy version', approval.policy_version],
      ['Digest', approval.digest],
    ],
    sections: [{ title: 'Arguments', body: JSON.stringify(approval.args, null, 2) }],
  }),
}
