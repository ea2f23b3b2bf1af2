import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SlotMap } from './slot-map.ts'

test('it answers as a Map does, whatever comes and goes', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), remove: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new SlotMap<{ at: number }>()
      const model = new Map<string, { at: number }>()
      for (const [at, { key, remove }] of steps.entries()) {
        if (remove) assert.equal(map.delete(key), model.delete(key))
        else {
          map.set(key, { at })
          model.set(key, { at })
        }
        assert.equal(map.size, model.size)
        assert.equal(map.has(key), model.has(key))
        assert.deepEqual(map.get(key), model.get(key))
        assert.deepEqual([...map.keys()], [...model.keys()])
        assert.deepEqual(map.values(), [...model.values()])
      }
    }),
  )
})
