import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'

let clock: SettableClock
let system: RouterForTests
let client: RouterForTests['client']
before(async () => {
  clock = settableClock(Date.now())
  system = await startRouterForTests({ clock })
  client = system.client
})
after(() => system.stop())

const create = (scopes: Scope[], changes = {}) =>
  client.call('apiKeys.create', { body: { name: 'another', scopes, ...changes } })
const revoke = (id: string, by = client) => by.call('apiKeys.revoke', { params: { id } })
/** Ids of the keys that may manage the project now. */
async function managing(): Promise<string[]> {
  const { data } = await client.call('apiKeys.list', { query: { limit: 100 } })
  return data.filter((key) => key.is_active && key.scopes.includes('management')).map((key) => key.id)
}
const refused = { code: 'last_management_key', status: 409, message: /No other active key/ }

test('the last key that may manage a project cannot be revoked', async () => {
  const [first, ...others] = await managing()
  for (const id of others) await revoke(id)
  await create(['execution', 'inference'])
  await create(['management'], { expires_at: new Date(clock.now() + 1_000).toISOString() })
  await clock.advance(1_000)
  await assert.rejects(revoke(first!), refused)
  assert.deepEqual(await managing(), [first])
})

test('of two that revoke each other one stays', async () => {
  for (let i = 0; i < 5; i++) {
    const [first] = await managing()
    const second = await create(['management', 'execution'])
    const asked = await Promise.allSettled([revoke(second.id), revoke(first!, system.clientWith(second.key))])
    client = system.clientWith(asked[0].status === 'fulfilled' ? system.apiKey : second.key)
    assert.equal((await managing()).length, 1)
    assert.equal(asked.filter((one) => one.status === 'fulfilled').length, 1)
    // Whoever stays may go once there is another.
    if (asked[0].status === 'rejected') break
  }
})

test('it may be revoked once there is another, and what cannot manage at any time', async () => {
  const [last] = await managing()
  const other = await create(['management'])
  const reader = await create(['inference'])
  await revoke(reader.id)
  await revoke(last!)
  client = system.clientWith(other.key)
  assert.deepEqual(await managing(), [other.id])
})
