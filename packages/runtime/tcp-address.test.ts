import assert from 'node:assert/strict'
import type { lookup } from 'node:dns/promises'
import { test } from 'node:test'
import { needsIPv6 } from './tcp-address.ts'

const resolver = (...families: number[]) =>
  (async () => families.map((family) => ({ address: 'any', family }))) as unknown as typeof lookup

test('an address needs IPv6 when it is one, or a name that has no other', async () => {
  for (const address of ['tcp://[::1]:5555', 'tcp://[::]:*', 'tcp://[2001:db8::1]:1'])
    assert.equal(await needsIPv6(address), true, address)
  for (const address of ['tcp://127.0.0.1:5555', 'tcp://0.0.0.0:*', 'tcp://*:5555'])
    assert.equal(await needsIPv6(address), false, address)
  assert.equal(await needsIPv6('tcp://six.example:1', resolver(6, 6)), true)
  assert.equal(await needsIPv6('tcp://both.example:1', resolver(6, 4)), false)
  assert.equal(await needsIPv6('tcp://none.example:1', resolver()), false)
})
