// The router's domain keeps itself in order: docs/ARCHITECTURE.md as tests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insideFolders } from './directions.ts'

const none = (found: unknown[], law: string) => assert.deepEqual(found, [], law)

test('no part of a folder stands on one that is listed after it', () => {
  const upwards = Object.values(insideFolders).flatMap((parts) => {
    const order = Object.keys(parts)
    return Object.entries(parts).flatMap(([part, below]) =>
      below.filter((one) => !order.slice(0, order.indexOf(part)).includes(one)).map((one) => `${part} → ${one}`),
    )
  })
  none(upwards, 'arrows go one way')
})
