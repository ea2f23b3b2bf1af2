// What the commands about approvals send.
import type { Sent } from './commands/project/people.fixture.ts'

export const approvalSends: Sent[] = [
  ['approvals list --workspace w --status all', 'GET /exec/approvals?workspace=w&status=all&limit=20'],
  ['approvals list --risk irreversible --agent a', 'GET /exec/approvals?agent=a&risk=irreversible&limit=20'],
  ['approvals show ap', 'GET /exec/approvals/ap'],
  ['approvals standing ap', 'GET /exec/approvals/ap/standing'],
  ['approvals approve ap --note fine --confirm t', 'POST /exec/approvals/ap/approve', { note: 'fine', confirm: 't' }],
  ['approvals approve ap ap --reason fine --dry-run', 'GET /exec/approvals/ap'],
  ['approvals approve ap --reason fine', 'POST /exec/approvals/ap/approve', { note: 'fine' }],
  [
    'approvals recommend ap --recommendation reject --note no',
    'POST /exec/approvals/ap/recommend',
    { recommendation: 'reject', note: 'no' },
  ],
  ['approvals withdraw ap --note wait', 'POST /exec/approvals/ap/withdraw', { note: 'wait' }],
  ['approvals break-glass ap --reason now', 'POST /exec/approvals/ap/break-glass', { reason: 'now' }],
  ['approvals review ap --note fine', 'POST /exec/approvals/ap/review', { note: 'fine' }],
  [
    'approvals list --requester a@example.com --approver ci --review due',
    'GET /exec/approvals?requester=a%40example.com&approver=ci&review=due&limit=20',
  ],
  ['approvals reject ap --note no', 'POST /exec/approvals/ap/reject', { note: 'no' }],
]
