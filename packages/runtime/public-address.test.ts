import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPublicAddress } from './public-address.ts'

test('only what is given to the public counts as public', () => {
  const notPublic = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
    ...['fe80::1', 'fe80::1%lo', 'fc00::1', 'fd12:3456::1', 'ff02::1', 'fec0::1', '100::1'],
    ...['2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '4000::1'],
    ...['', 'localhost', '127.1', '0x7f000001', '2130706433', '2606:4700::1111%eth0'],
  ]
  assert.deepEqual(notPublic.filter(isPublicAddress), [])
  const known = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.167.1.1']
  const known6 = ['2606:4700:4700::1111', '2a00:1450:4001::200e', '2001:4860:4860::8888']
  assert.deepEqual([...known, ...known6].filter(isPublicAddress), [...known, ...known6])
})
