import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deceits, deceivingApproval, nothingDeceives } from '@xerotier/devkit/deceiving-approval.ts'
import { approvalStates } from '@xerotier/protocol/lifecycles/approval.ts'
import { openPage, overPage } from './approval-page.ts'

const expiresAt = new Date('2026-05-01T12:00:00Z')
const open = { approval: deceivingApproval(), person: deceits, expiresAt, token: 't' }

test('on the page of a link nothing is unseen, turned around or confusable, in any state', () => {
  nothingDeceives(openPage(open), 'pending')
  for (const state of approvalStates) nothingDeceives(overPage(deceivingApproval({ state }), 'approve'), state)
})

test('the page of a call that an owner ran alone says so, and that a review is due until there was one', () => {
  const broken = { state: 'approved', tool: 'stop', decided_by_name: 'Olga' } as const
  const due = overPage(deceivingApproval({ ...broken, reviewed_at: null }), null)
  assert.match(due, /Break-glass.*It ran under break-glass by Olga: whoever was to decide it was skipped/s)
  assert.match(due, /A review by somebody else is due until 2026-05-01 12:00 UTC: xeroctl approvals review 01a1feb6/)
  assert.doesNotMatch(due, /It was approved|Nothing is to be done/)
  assert.match(overPage(deceivingApproval(broken), null), /Nothing is to be done any more/)
  assert.match(overPage(deceivingApproval({ ...broken, review_due_at: null }), null), /It was approved by Olga/)
})

const unescaped = (code: string) => code.replaceAll('&#34;', '"')

test('the page shows what runs, long values by their ends and whole where somebody opens them, in any state', () => {
  const args = { data: `begin${'x'.repeat(100_000)}end`, n: 1e2, one: 1.0, tiny: 5e-324 }
  const approval = deceivingApproval({ args })
  for (const shown of [openPage({ ...open, approval }), overPage({ ...approval, state: 'approved' }, 'approve')]) {
    const [cut = '', whole = ''] = [...shown.matchAll(/<pre>(.*?)<\/pre>/gs)].map(([, code = '']) => unescaped(code))
    assert.match(cut, /"beginx+ … 98008 of 100008 characters are not shown … x+end",\n.*: 100,\n.*: 1,\n.*: 5e-324\n/)
    assert.match(shown, /<details><summary>Show all: a long value is cut above<\/summary>\s*<pre>/)
    assert.deepEqual(JSON.parse(whole), args)
  }
  assert.doesNotMatch(openPage(open), /<details/)
})

test('the page of a call that was decided says who asked for it and why', () => {
  const names = { tool: 'stop', requested_by_name: 'Mia', reason: 'INC-7', decided_by_name: 'Olga' } as const
  const over = overPage(deceivingApproval({ ...names, state: 'rejected' }), 'reject')
  assert.match(over, /Reason given<\/h2><p class="prose">INC-7<.*<dt>Asked by<\/dt><dd>Mia<.*<h2>Decision<.*<dd>Olga</s)
  assert.doesNotMatch(over, /Would run on|<dt>Expires/)
  assert.match(over, /<dt>Risk<\/dt><dd>irreversible \(the tool itself: write\)</)
})

test('the page of a call that waits says by which policy, who has approved and who is still needed', () => {
  const { asked, votes, recommendations } = deceivingApproval()
  const prod = { ...asked, policy: 'prod', version: 3, rules: [{ name: 'big', error: null }], stage_name: 'on call' }
  const given = votes.map((one) => ({ ...one, by_name: 'Sam' }))
  const advice = recommendations.map((one) => ({ ...one, by_name: 'model', note: 'last node' }))
  const approval = deceivingApproval({ asked: prod, votes: given, recommendations: advice, needs: ['group dba'] })
  for (const shown of [openPage({ ...open, approval }), overPage(approval, 'approve')]) {
    const facts = [...shown.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, label, value]) => `${label}: ${value}`)
    for (const fact of ['Policy: prod, version 3', 'Rule: big', 'Stage: 1 of 2: on call', 'Approved by: Sam'])
      assert.ok(facts.includes(fact), fact)
    assert.ok(facts.includes('Recommended, which is no vote: reject, by model: last node'))
    assert.ok(facts.includes('Still needed: group dba'))
  }
  // Whoever has voted is told that the others have not yet.
  assert.match(overPage(approval, 'approve'), /Nothing more is asked of you\. This link/)
  assert.doesNotMatch(overPage({ ...approval, state: 'rejected' }, 'reject'), /Still needed/)
})

test('a note that was typed comes back to the letter', () => {
  const shown = openPage({ ...open, wrong: { message: 'again', note: 'für <b> привет\n2\0' } })
  assert.match(shown, />für &#60;b&#62; привет\n2\uFFFD<\/textarea>/)
})
