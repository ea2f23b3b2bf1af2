import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { publicForm } from './public-form.ts'

const schema = z.object({ id: z.string(), object: z.literal('lamp'), lit_at: z.string().nullable(), by: z.string() })
const row = { id: 'l1', secret: 'x', lit_at: new Date('2026-01-01T00:00:00Z') }
const present = publicForm<z.infer<typeof schema>, typeof row, { by: string }>(schema, {
  object: () => 'lamp',
  by: (_, names) => names.by,
})

test('a column that the schema does not name stays inside, and a time goes out as text', () => {
  const form = { id: 'l1', object: 'lamp', lit_at: '2026-01-01T00:00:00.000Z', by: 'me' }
  assert.deepEqual(Object.entries(present(row, { by: 'me' })), Object.entries(form))
})

test('the forms of two rows share nothing', () => {
  const [one, other] = [present(row, { by: 'me' }), present({ ...row, id: 'l2' }, { by: 'you' })]
  assert.deepEqual([one.id, one.by, other.id, other.by], ['l1', 'me', 'l2', 'you'])
})
