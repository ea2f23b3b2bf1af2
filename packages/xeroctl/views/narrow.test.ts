// The lists of approvals, of people and of what they are told, on a terminal of 80 columns.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { widthOf } from '../output/cell.ts'
import { renderTable } from '../output/table.ts'
import type { View } from '../output/view.ts'
import {
  approval,
  approvalLink,
  channel,
  delegation,
  delivery,
  execution,
  invitation,
  member,
  webhook,
} from '../records.fixture.ts'
import { linkView } from './approval-links.ts'
import { approvalView, waitingView } from './approvals.ts'
import { channelView } from './channels.ts'
import { delegationView } from './delegations.ts'
import { deliveryView } from './deliveries.ts'
import { executionView } from './executions.ts'
import { invitationView } from './invitations.ts'
import { memberView } from './members.ts'
import { webhookView } from './webhooks.ts'

const now = Date.parse('2026-05-01T12:00:00Z')
const uuid = '01a1feb6-df55-76fb-8bb9-93e50a75411e'
const idOf = (prefix: string) => `${prefix}_${'0123456789abcdef'.repeat(2).slice(0, 24)}`

function shown<Row>(view: View<Row>, rows: Row[], columns = 80): string {
  return renderTable(view.columns, rows, { paint: (text) => text, now, wide: false, columns })
}

/** Its columns, in their order; no line is longer than the terminal. */
function headers(table: string): string[] {
  for (const line of table.trimEnd().split('\n')) assert.ok(widthOf(line) <= 80, `${widthOf(line)}: ${line}`)
  return (table.split('\n')[0] ?? '').trim().split(/ {2,}/)
}

const drain = { tool: 'kubectl_node_drain', workspace: 'kubernetes-prod', risk: 'irreversible', id: uuid } as const

test('of what waits it is shown how long it waits yet', () => {
  const waits = approval({ ...drain, expires_at: '2026-05-01T12:14:31.000Z' })
  assert.deepEqual(headers(shown(waitingView, [waits])), ['ID', 'RISK', 'TOOL', 'WORKSPACE', 'LEFT'])
  assert.match(shown(waitingView, [waits]), /^01a1feb6-df55-76fb {2}irreversible {2}kubectl_node_drain .* 14m$/m)
  assert.match(shown(waitingView, [waits], 140), /^ID +STATUS +RISK .* EXPIRES\n.* in 14m 31s$/m)
  const tool = 'kubectl_delete'
  const mixed = [{ ...waits, tool }, approval({ ...drain, tool, state: 'rejected' })]
  assert.deepEqual(headers(shown(approvalView, mixed)), ['ID', 'STATUS', 'RISK', 'TOOL', 'WORKSPACE'])
  assert.match(shown(approvalView, mixed), / pending 14m +irreversible .*\n\S+ +rejected +irreversible /)
})

test('long names are cut in their middle, so that the id and the time left stay', () => {
  const long = { tool: 'openstack_compute_server_delete', workspace: 'kubernetes-production-europe-west-1' }
  const waits = approval({ ...drain, ...long, expires_at: '2026-05-01T12:14:31.000Z' })
  const table = shown(waitingView, [waits, { ...waits, tool: 'kubectl_get' }])
  assert.deepEqual(headers(table), ['ID', 'RISK', 'TOOL', 'WORKSPACE', 'LEFT'])
  assert.match(table, /^01a1feb6-df55-76fb {2}irreversible {2}openstack\S*…\S*_delete +kubernet\S*…\S*west-1 +14m$/m)
  assert.match(table, / kubectl_get +/)
  assert.match(
    shown(waitingView, [waits], 160),
    / openstack_compute_server_delete +kubernetes-production-europe-west-1 /,
  )
  const mixed = [waits, { ...waits, state: 'cancelled' as const }]
  assert.deepEqual(headers(shown(approvalView, mixed)), ['ID', 'STATUS', 'RISK', 'TOOL', 'WORKSPACE'])
  const calls = shown(executionView, [execution({ ...long, id: uuid, risk: 'write', effective_risk: 'irreversible' })])
  assert.deepEqual(headers(calls), ['ID', 'STATUS', 'TOOL', 'RISK', 'WORKSPACE'])
  assert.match(calls, / irreversible /)
  // What is worth less than a whole name goes before one is cut.
  assert.doesNotMatch(shown(waitingView, [waits], 120), /…/)
})

test('a delegation is listed with the id that ends it, its people and its end', () => {
  const long = {
    from_name: 'Bartholomew Featherstonehaugh',
    to_name: 'Anna-Lena von Hohenstein',
    hindrance: 'not_owner',
  }
  const handover = { ...delegation, ...long, id: idOf('dlg'), kind: 'handover' } as const
  const table = shown(delegationView, [handover])
  assert.deepEqual(headers(table), ['ID', 'STATUS', 'FROM', 'TO', 'LEFT'])
  assert.match(table, new RegExp(`^${idOf('dlg')} {2}active, void {2}Bart.*… +Anna.*… +7d$`, 'm'))
  const short = shown(delegationView, [{ ...delegation, id: idOf('dlg') }])
  assert.deepEqual(headers(short), ['ID', 'KIND', 'STATUS', 'FROM', 'TO', 'RISKS', 'LEFT'])
})

test('a link is listed with whose it is, of which approval, and how long it can be used', () => {
  const link = { ...approvalLink, id: idOf('lnk'), approval_id: uuid }
  const closed = { ...link, state: 'closed' } as const
  const table = shown(linkView, [link, closed])
  assert.deepEqual(headers(table), ['ID', 'STATE', 'PERSON', 'APPROVAL', 'LEFT'])
  assert.match(table, / open +ann@example\.com +01a1feb6-df55-76fb +12m\n\S+ +closed +ann@example\.com +\S+ +-$/m)
})

test('a delivery that failed is listed with why', () => {
  const failed = {
    ...delivery,
    id: idOf('dlv'),
    state: 'exhausted',
    type: 'exec.approval_requested',
    attempts: 6,
  } as const
  const error = 'the receiver answered 503: upstream connect error or disconnect/reset before headers'
  const table = shown(deliveryView, [{ ...failed, last_error: error }])
  assert.deepEqual(headers(table), ['ID', 'STATE', 'ERROR'])
  assert.match(table, /exhausted {2}the receiver answered 503: upstream co…$/m)
  assert.deepEqual(headers(shown(deliveryView, [delivery])), [
    'ID',
    'TYPE',
    'STATE',
    'ATTEMPTS',
    'NEXT',
    'ERROR',
    'CREATED',
  ])
})

test('no other list of them is wider than the terminal, and each keeps what commands take', () => {
  const url = `https://hooks.example.com/${'x'.repeat(80)}`
  const all: [string, string][] = [
    [shown(webhookView, [{ ...webhook, id: idOf('wh'), url }]), idOf('wh')],
    [shown(channelView, [{ ...channel, id: idOf('chn'), name: 'n'.repeat(64), target: url }]), idOf('chn')],
    [shown(memberView, [{ ...member, name: 'N'.repeat(60), groups: ['a'.repeat(40)] }]), member.email],
    [shown(invitationView, [{ ...invitation, id: idOf('inv') }]), idOf('inv')],
  ]
  for (const [table, taken] of all) {
    headers(table)
    assert.ok(table.includes(taken), table)
  }
})
