import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relyingPartyAt } from './relying-party.ts'

test('passkeys are for a name over TLS, and for this machine by its name', () => {
  const cases: [string, string, string][] = [
    ['https://ops.example.com', 'ops.example.com', 'https://ops.example.com'],
    ['https://ops.example.com:8443/xem', 'ops.example.com', 'https://ops.example.com:8443'],
    ['http://127.0.0.1:7180', 'localhost', 'http://localhost:7180'],
    ['http://[::1]:7180', 'localhost', 'http://localhost:7180'],
    ['http://xem.localhost:7180', 'xem.localhost', 'http://xem.localhost:7180'],
  ]
  for (const [url, id, origin] of cases) assert.deepEqual(relyingPartyAt(url), { id, origin }, url)
  for (const url of ['http://ops.example.com', 'https://192.0.2.7', 'https://[2001:db8::1]', '', 'nonsense'])
    assert.equal(relyingPartyAt(url), undefined, url)
})
