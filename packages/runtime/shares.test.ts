import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { type Asker, askedByNow, asking, asNobody, currentAsker } from './asker.ts'
import { createShares, NoPlace } from './shares.ts'

const of = (...names: string[]): Asker => ({ names: names.map((name) => ({ name, weight: 1 })) })
const settled = () => new Promise(setImmediate)

/** Takes places until no more are given, and says how many that were. */
async function fill(enter: () => Promise<() => void>): Promise<(() => void)[]> {
  const left: (() => void)[] = []
  for (let n = 0; n < 100; n++) void enter().then((leave) => left.push(leave))
  await settled()
  return left
}

test('whoever holds as many places as are left waits, so that there is one for somebody else', async () => {
  const shares = createShares({ width: 16 })
  const held: number[] = []
  for (const name of ['first', 'second', 'third', 'fourth'])
    held.push((await fill(() => shares.enter(of(name)))).length)
  assert.deepEqual(held, [8, 4, 2, 1])
})

test('a name of double weight has half of the share, and work of the process itself has what is reserved', async () => {
  const shares = createShares({ width: 16, reserved: 2 })
  const heavy = {
    names: [
      { name: 'key', weight: 2 },
      { name: 'project', weight: 1 },
    ],
  }
  assert.equal((await fill(() => shares.enter(heavy))).length, 5)
  assert.equal((await fill(() => shares.enter(of('project')))).length, 2)
  assert.equal((await fill(() => shares.enter(undefined))).length, 9)
})

test('many names that have one in common have the share of that one', async () => {
  const shares = createShares({ width: 16 })
  let key = 0
  assert.equal((await fill(() => shares.enter(of(`key ${++key}`, 'address')))).length, 8)
})

test('of those who wait, the one who holds least and had no turn for longest goes first', async () => {
  const shares = createShares({ width: 1 })
  const order: string[] = []
  const take = (name: string) => shares.take(of(name), async () => void order.push(name))
  const leave = await shares.enter(undefined)
  const all = [take('much'), take('much'), take('much'), take('little'), take('other')]
  leave()
  await Promise.all(all)
  assert.deepEqual(order, ['much', 'little', 'other', 'much', 'much'])
})

test('all who wait have their turn as places are given back', async () => {
  const shares = createShares({ width: 4 })
  let done = 0
  const all = Array.from({ length: 50 }, (_, n) =>
    shares.take(of(`key ${n % 3}`, 'address'), async () => {
      await settled()
      done += 1
    }),
  )
  await Promise.all(all)
  assert.equal(done, 50)
})

test('work that fails gives its place back, and a place is given back once', async () => {
  const shares = createShares({ width: 1 })
  await assert.rejects(
    shares.take(of('one'), () => Promise.reject(new Error('no'))),
    /no/,
  )
  const leave = await shares.enter(of('one'))
  leave()
  leave()
  const held = await shares.enter(of('one'))
  let entered = false
  void shares.enter(of('other')).then(() => {
    entered = true
  })
  await settled()
  assert.equal(entered, false)
  held()
  await settled()
  assert.equal(entered, true)
})

test('who waits too long is told whether it was for its own share', async () => {
  const clock = settableClock()
  const places = createShares({ width: 2, patience: { clock, ms: 1000 } })
  await places.enter(of('one'))
  const again = places.enter(of('one')).catch((error: unknown) => error)
  await clock.advance(1000)
  const late = await again
  assert.ok(late instanceof NoPlace && late.ownShare)
  await places.enter(of('other'))
  const third = places.enter(of('third')).catch((error: unknown) => error)
  await clock.advance(1000)
  const full = await third
  assert.ok(full instanceof NoPlace && !full.ownShare)
})

test('an asker goes along with what it awaits and with its stream, and not with what others wait for', async () => {
  const asker = of('somebody')
  const seen: unknown[] = []
  async function* items() {
    while (true) {
      await settled()
      yield currentAsker()
    }
  }
  const stream = await asking(asker, async () => {
    await settled()
    seen.push(currentAsker())
    await asNobody(async () => {
      await settled()
      seen.push(currentAsker())
    })
    return askedByNow(items())
  })
  for await (const one of stream) {
    seen.push(one)
    if (seen.length === 4) break
  }
  assert.deepEqual(seen, [asker, undefined, asker, asker])
})
