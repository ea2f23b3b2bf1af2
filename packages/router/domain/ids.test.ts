import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidSchema, workspaceIdSchema } from '@xerotier/protocol/ids.ts'
import { newId, newUuid } from './ids.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

test('ids come in the order of their making, within one millisecond and when the clock goes back', () => {
  const uuids: string[] = []
  const ids: string[] = []
  for (let i = 0; i < 20_000; i++) {
    const at = now - (i % 7) + Math.floor(i / 9000)
    uuids.push(newUuid(at))
    ids.push(newId('ws', at))
  }
  assert.deepEqual(uuids, [...uuids].sort())
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set([...uuids, ...ids]).size, 40_000)
})

test('they have the form that the protocol says', () => {
  assert.ok(uuidSchema.safeParse(newUuid(now)).success)
  assert.match(newUuid(now), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(workspaceIdSchema.safeParse(newId('ws', now)).success)
})
