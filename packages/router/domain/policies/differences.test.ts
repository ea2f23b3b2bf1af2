import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differencesOf } from './differences.ts'

const stage = (name: string | undefined, seconds: number) => ({ ...(name === undefined ? {} : { name }), seconds })

test('what has a name is compared with what had it, wherever it stands', () => {
  const before = { stages: [stage('on call', 60), stage('all', 90)] }
  const after = { stages: [stage('first', 5), stage('on call', 120), stage('all', 90)] }
  assert.deepEqual(differencesOf(before, after), [
    { path: 'stages.on call.seconds', before: 60, after: 120 },
    { path: 'stages.first', before: null, after: stage('first', 5) },
  ])
})

test('another order is a difference', () => {
  const [a, b] = [stage('a', 60), stage('b', 60)]
  assert.deepEqual(differencesOf({ stages: [a, b] }, { stages: [b, a] }), [
    { path: 'stages (order)', before: ['a', 'b'], after: ['b', 'a'] },
  ])
})

test('things without a name, or of one name, are compared by their places', () => {
  for (const name of [undefined, 'same']) {
    const [before, after] = [3, 4].map((seconds) => ({ list: [stage(name, 1), stage(name, 2), stage(name, seconds)] }))
    const [difference, ...others] = differencesOf(before, after)
    assert.deepEqual([difference, others], [{ path: 'list.2.seconds', before: 3, after: 4 }, []])
  }
})

test('the order of the fields, in which a database gives them back, is none', () => {
  assert.deepEqual(differencesOf({ a: { x: 1, y: [{ p: 1, q: 2 }] } }, { a: { y: [{ q: 2, p: 1 }], x: 1 } }), [])
})
