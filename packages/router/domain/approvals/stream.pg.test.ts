// What the stream of approvals says, and that a reader who was away hears the rest.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import type { ApprovalEvent } from '@xerotier/protocol/api/approvals.ts'
import { policyWorld, sre } from '../policies/policy-world.fixture.ts'

const world = await policyWorld()
const { clock, client, as, apply, submit, show, approve, reject } = world
after(() => world.stop())

interface Told {
  id: string
  data: ApprovalEvent
}

/** Reads so many events about one approval, from the beginning or behind one. */
async function told(approvalId: string, count: number, lastEventId = '0-0'): Promise<Told[]> {
  const stop = new AbortController()
  const events: Told[] = []
  const read = async () => {
    const options = { signal: stop.signal, lastEventId }
    for await (const { id = '', event, data } of client.events('approvals.stream', {}, options)) {
      if (!event.startsWith('x_exec.approval.')) continue
      const approval: ApprovalEvent = JSON.parse(data)
      if (approval.id === approvalId) events.push({ id, data: approval })
    }
  }
  const reading = read()
  // What is held back by an older transaction is looked at again by the clock.
  await until('the events', async () => {
    await clock.advance(50)
    return events.length >= count ? true : undefined
  })
  stop.abort()
  await reading
  return events
}

const said = (events: Told[]) =>
  events.map(({ data: { event } }) => [event.kind.slice('approval.'.length), event.stage, event.stage_name, event.vote])

test('each event says of which stage it is, whatever the record has come to, and a reader resumes behind any', async () => {
  await apply({
    stages: [
      { name: 'on call', approvers: sre, quorum: 2, seconds: 60 },
      { name: 'bosses', approvers: { roles: ['owner'] } },
    ],
  })
  const { approvalId } = await submit()
  await approve('sam', approvalId)
  await as('sam').call('approvals.withdraw', { params: { id: approvalId }, body: {} })
  await clock.advance(61_000)
  await until('the escalation', async () => {
    await clock.advance(50)
    return (await show(approvalId)).asked.stage_name === 'bosses' || undefined
  })
  const four = await told(approvalId, 4)
  const expected = [
    ['requested', 0, 'on call', null],
    ['voted', 0, 'on call', 'approve'],
    ['voted', 0, 'on call', 'withdraw'],
    ['escalated', 1, 'bosses', null],
  ]
  assert.deepEqual(said(four), expected)
  assert.deepEqual(new Set(four.map(({ data }) => data.asked.stage)), new Set([1]), 'the record is as it is now')
  // Somebody decides while the reader is away.
  await reject('olga', approvalId)
  for (const [at, { id }] of four.entries()) {
    const rest = await told(approvalId, 4 - at, id)
    assert.deepEqual(said(rest), [...expected.slice(at + 1), ['rejected', null, null, null]])
    assert.deepEqual(
      rest.slice(0, -1).map((one) => one.id),
      four.slice(at + 1).map((one) => one.id),
      'no event comes twice or is left out',
    )
  }
})
