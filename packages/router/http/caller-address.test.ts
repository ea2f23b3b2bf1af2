import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerAddress } from './caller-address.ts'

test('an address is what it is without port, brackets and zone', () => {
  for (const [said, address] of [
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3:5678', '10.1.2.3'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['[::FFFF:10.1.2.3]:80', '10.1.2.3'],
  ] as const)
    assert.equal(callerAddress(said), address, said)
})

test('what is no address is none', () => {
  for (const said of ['', 'unknown', '_hidden', '10.1.2', '10.1.2.3:', '10.1.2.3:x', '[10.1.2.3', 'a.b:80', '[]:80'])
    assert.equal(callerAddress(said), undefined, said)
})
