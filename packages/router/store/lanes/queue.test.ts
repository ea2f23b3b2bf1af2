import assert from 'node:assert/strict'
import { test } from 'node:test'
import { itemOf } from './items.fixture.ts'
import { createCommitQueue, type Line, type Waiting } from './queue.ts'

const [one, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'] as const

const waiting = (part: 'output' | 'settle' | 'accept', id: string, bytes = 1): Waiting => ({
  part,
  item: part === 'output' ? itemOf(part, { id, data: Buffer.alloc(bytes) }) : itemOf(part, { id }),
  since: 0,
  updates: part !== 'output',
  resolve() {},
  reject: assert.fail,
})

const large = 64 * 1024

function queueOf(...items: Waiting[]) {
  const queue = createCommitQueue()
  for (const item of items) queue.push(item)
  const take = (line: Line) => queue.take(line).map((each) => items.indexOf(each))
  const done = (...at: number[]) => queue.done(at.flatMap((n) => items[n] ?? []))
  return { queue, take, done }
}

test('what is small stands behind no megabytes of others', () => {
  const { take } = queueOf(waiting('output', one, large), waiting('output', other, 10), waiting('settle', other))
  assert.deepEqual(take('steps'), [1, 2])
  assert.deepEqual(take('pieces'), [0])
})

test('a result goes with the last large piece of its output, or after it', () => {
  const items = [waiting('output', one, large), waiting('output', one, 10), waiting('settle', one)]
  const { queue, take, done } = queueOf(...items)
  assert.deepEqual(take('steps'), [])
  assert.deepEqual(take('pieces'), [0, 1, 2])
  // While they are written, what comes waits for them.
  const late = waiting('accept', one)
  queue.push(late)
  assert.deepEqual(queue.take('steps'), [])
  done(0, 1, 2)
  assert.deepEqual(queue.take('steps'), [late])
})

test('a large piece waits for the steps before it', () => {
  const { take, done } = queueOf(waiting('accept', one), waiting('output', one, large))
  assert.deepEqual(take('pieces'), [])
  assert.deepEqual(take('steps'), [0])
  assert.deepEqual(take('pieces'), [])
  done(0)
  assert.deepEqual(take('pieces'), [1])
})

test('a batch of large pieces has a megabyte or a piece more, and the rest goes next', () => {
  const { take, done } = queueOf(...Array.from({ length: 40 }, () => waiting('output', one, large)))
  const first = take('pieces')
  assert.ok(first.length * large <= 1024 * 1024 + large, `${first.length} pieces`)
  done(...first)
  assert.equal(take('pieces')[0], first.length)
})

test('a page of output waits for a piece of each other execution, and not for all that they have', () => {
  const items = Array.from({ length: 100 }, () => waiting('output', one, large))
  const late = [waiting('output', other, 10_000), waiting('settle', other)]
  const { queue, take, done } = queueOf(...items)
  const begun = take('pieces')
  for (const item of late) queue.push(item)
  done(...begun)
  const next = queue.take('pieces')
  assert.ok(next.includes(late[0]!) && next.includes(late[1]!), 'stored with its result before the other megabytes')
  assert.ok(next.length > late.length, 'which go on beside it')
  assert.deepEqual(
    next.filter(({ item }) => item.id === one).map((item) => items.indexOf(item)),
    Array.from({ length: next.length - late.length }, (_, index) => begun.length + index),
  )
})

test('of many that print, each has its turn', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `00000000-0000-7000-8000-0000000001${index + 10}`)
  const { queue } = queueOf(...ids.flatMap((id) => Array.from({ length: 16 }, () => waiting('output', id, large))))
  const seen = new Set<string>()
  for (let batch = 0; batch < 3; batch++) {
    const taken = queue.take('pieces')
    for (const { item } of taken) seen.add(item.id)
    queue.done(taken)
  }
  assert.equal(seen.size, ids.length)
})

test('what may not wait any longer is gone, and the others keep their order', () => {
  const items = [waiting('output', one, large), waiting('settle', one), waiting('settle', other)]
  const { queue, take } = queueOf(...items)
  queue.keep((line) => line.filter((each) => each !== items[2]))
  assert.deepEqual(take('steps'), [])
  assert.deepEqual(take('pieces'), [0, 1])
})
