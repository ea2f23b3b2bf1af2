import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { z } from 'zod'
import { canonicalJson } from '../canonical.ts'
import { envelopeSchema, wireVersion } from '../wire.ts'
import { agentFrameSchema } from './agent-frame.ts'
import { routerFrameSchema } from './router-frame.ts'

/**
 * SHA-256 of the JSON Schemas of everything on the wire, for each version of it. A version's line
 * changes only where a reader takes more than before: when the test fails because a frame changed
 * else, raise `wireVersion`, add a line, and say the change in SPEC.md.
 */
const hashes: Record<number, string> = {
  1: '5d2928a19b89d29d9515ca44efe1dc12a25a1245d6d757a93bba2eb4696e2344',
  2: '5a74e2b49b460cd0bcd352d3106a98654cb3a2328f889868ce20d6d07246187c',
  3: '7a99474b4dd47099ba4d043d3da84b4eaba8780710581f253e95c5b006bbd926',
}

const schemaText = () =>
  canonicalJson(
    [envelopeSchema, agentFrameSchema, routerFrameSchema].map((schema) =>
      z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }),
    ),
  )

test('a change of a frame forces the wire version to move', () => {
  assert.equal(createHash('sha256').update(schemaText()).digest('hex'), hashes[wireVersion])
})

test('the hash sees a change of one limit', () => {
  const text = schemaText()
  assert.match(text, /"maxLength":128/)
  assert.ok(text.includes('"const":"dispatch"') && text.includes('"const":"hello"'))
})

test('a frame that is not in the union is refused', () => {
  for (const frame of [{}, { t: 'shell' }, { t: 'dispatch' }, null, [], 'hello', 7]) {
    assert.equal(agentFrameSchema.safeParse(frame).success, false, JSON.stringify(frame))
  }
})

test('no frame name is used in both directions', () => {
  const names = (union: z.ZodDiscriminatedUnion) =>
    union.options.map((option) => (option as z.ZodObject<{ t: z.ZodLiteral<string> }>).shape.t.value)
  const agent = names(agentFrameSchema as unknown as z.ZodDiscriminatedUnion)
  const router = names(routerFrameSchema as unknown as z.ZodDiscriminatedUnion)
  assert.deepEqual(
    agent.filter((name) => router.includes(name)),
    [],
  )
})
