import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinKeyCreateSchema } from './join-keys.ts'

test('an address that no agent can dial makes no join key', () => {
  const accepts = (router_addr: string) =>
    joinKeyCreateSchema.safeParse({ name: 'jumphost', region: 'eu', router_addr }).success
  for (const address of ['tcp://router.example:5555', 'tcp://10.0.0.1:1', 'tcp://[2001:db8::1]:65535'])
    assert.ok(accepts(address), address)
  for (const address of [
    'tcp://10.0.0.1:0',
    'tcp://10.0.0.1:65536',
    'tcp://[::1]:99999',
    'tcp://10.0.0.1',
    'tcp://*:5555',
  ])
    assert.ok(!accepts(address), address)
})
