import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emailKey } from './email.ts'

const same: [string, string][] = [
  ['Anna@Example.COM', 'anna@example.com'],
  ['anna@münchen.example', 'anna@xn--mnchen-3ya.example'],
  ['jose\u0301@example.com', 'JOS\u00c9@example.com'],
  ['ａｎｎａ@example.com', 'anna@example.com'],
  ['"a@b"@Example.com', '"a@b"@example.com'],
  ['root@[127.0.0.1]', 'ROOT@[127.0.0.1]'],
]

for (const [one, other] of same) {
  test(`${one} is the same address as ${other}`, () => assert.equal(emailKey(one), emailKey(other)))
}

test('letters that only look alike are of two addresses, and so are tags', () => {
  assert.notEqual(emailKey('anna@example.com'), emailKey('\u0430nna@example.com'))
  assert.notEqual(emailKey('anna+a@example.com'), emailKey('anna@example.com'))
})
