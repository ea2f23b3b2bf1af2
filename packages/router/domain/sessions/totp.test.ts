import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base32, otpauthUri, stepOf } from './totp.ts'

// RFC 6238, appendix B: the last six of its eight digits.
const secret = Buffer.from('12345678901234567890')
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const

test('codes are those of RFC 6238', () => {
  for (const [seconds, code] of vectors)
    assert.equal(stepOf(secret, code, seconds * 1000), Math.floor(seconds / 30), code)
})

test('a code is good for a step before and after its own, and nothing else is one', () => {
  const [seconds, code] = vectors[1]
  for (const off of [-30, 0, 30]) assert.ok(stepOf(secret, code, (seconds + off) * 1000) !== undefined, String(off))
  for (const off of [-90, 90]) assert.equal(stepOf(secret, code, (seconds + off) * 1000), undefined, String(off))
  for (const other of ['', '08180', '0818044', 'abcdef', '٠٨١٨٠٤'])
    assert.equal(stepOf(secret, other, seconds * 1000), undefined)
})

test('a secret is written as authenticators read it', () => {
  assert.equal(base32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  assert.equal(base32(Buffer.from('fo')), 'MZXQ')
  assert.match(
    otpauthUri(secret, 'Xerotier prod', 'anna@example.com'),
    /^otpauth:\/\/totp\/Xerotier%20prod:anna%40example\.com\?secret=GEZD\w+&issuer=Xerotier%20prod&algorithm=SHA1&digits=6&period=30$/,
  )
})
