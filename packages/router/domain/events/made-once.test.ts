import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventRow } from '../../store/event-reader.ts'
import type { LoggedEvent } from './event-log.ts'
import { madeOnce, piecesOf } from './made-once.ts'
import { createRecentPages, pageOf } from './recent-pages.ts'

const row = (seq: number, project: string, execution: string | null = null): EventRow => ({
  ...{ xid: '7', seq: String(seq), at: new Date(0), project_id: project, kind: 'agent.updated', actor: 'x', data: {} },
  ...{ actor_key: null, door: null, execution_id: execution, approval_id: null, agent_id: null, workspace_id: null },
})
const start = { xid: '0', seq: '0' }
const ids = (events: readonly LoggedEvent[]) => events.map(({ id }) => id)

test('what is made of a page is made once, however many readers of a project ask', async () => {
  let made = 0
  const titles = madeOnce(async (_core: object, events) => {
    made += 1
    return ids(events)
  })
  const page = pageOf(start, [row(1, 'a'), row(2, 'b'), row(3, 'a')])
  for (let reader = 0; reader < 1_000; reader++) {
    assert.deepEqual(await titles({}, page.of('a', undefined)), ['7-1', '7-3'])
  }
  assert.equal(made, 1)
  assert.deepEqual(await titles({}, page.of('b', undefined)), ['7-2'])
  assert.equal(made, 2)
})

test('the pieces of a page are the same ones for every reader', () => {
  const events = pageOf(
    start,
    [1, 2, 3, 4, 5].map((seq) => row(seq, 'a')),
  ).of('a', undefined)
  const pieces = piecesOf(events, 2)
  assert.deepEqual(pieces.map(ids), [['7-1', '7-2'], ['7-3', '7-4'], ['7-5']])
  assert.equal(piecesOf(events, 2), pieces)
})

test('a reader is given its project or its execution, and nothing of others', () => {
  const page = pageOf(start, [row(1, 'a', 'one'), row(2, 'b', 'one'), row(3, 'a', 'two'), row(4, 'a')])
  assert.deepEqual(ids(page.of('a', 'one')), ['7-1'])
  assert.deepEqual(ids(page.of('a', 'two')), ['7-3'])
  assert.deepEqual(ids(page.of('a', 'none')), [])
  assert.deepEqual(ids(page.of('none', undefined)), [])
})

test('a page follows the one before it until there are too many events to remember', () => {
  const recent = createRecentPages()
  const rows = Array.from({ length: 1_000 }, (_, seq) => row(seq, 'a'))
  const first = pageOf(start, rows)
  recent.add(first)
  let last = first
  for (let n = 0; n < 9; n++) {
    last = pageOf(last.to, rows)
    recent.add(last)
  }
  assert.equal(recent.after(start), first)
  assert.equal(recent.after(last.to), undefined)
  recent.add(pageOf(last.to, rows))
  assert.equal(recent.after(start), undefined)
  assert.notEqual(recent.after(first.to), undefined)
})
