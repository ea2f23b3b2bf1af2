import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

const blanks = ['', '  ', '\n\t', ' \u200b\u2060 ', '\u2800']

test('a note that says nothing is none where it may be left out, and refused where it may not', () => {
  const found: string[] = []
  for (const [id, { body }] of Object.entries<Route>(routes)) {
    if (!(body instanceof z.ZodObject)) continue
    for (const name of ['note', 'reason']) {
      const schema: z.ZodType | undefined = body.shape[name]
      if (schema === undefined) continue
      found.push(`${id}.${name}`)
      const mayBeLeftOut: boolean = schema.safeParse(undefined).success
      for (const blank of blanks) {
        const { success, data }: { success: boolean; data?: unknown } = schema.safeParse(blank)
        assert.deepEqual([success, data], [mayBeLeftOut, undefined], `${id}.${name} takes ${JSON.stringify(blank)}`)
      }
      assert.equal(schema.parse(' für den Umzug '), ' für den Umzug ', `${id}.${name}`)
    }
  }
  for (const known of ['invocations.submit.reason', 'approvals.approve.note', 'approvals.breakGlass.reason'])
    assert.ok(found.includes(known), found.join(' '))
})
