import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutText } from './cut-text.ts'

test('a text is cut between characters', () => {
  assert.equal(cutText('ab', 2), 'ab')
  assert.equal(cutText('abc', 2), 'ab')
  for (let most = 1; most < 8; most++) {
    const cut = cutText('a😀é😀😀', most)
    assert.ok(cut.isWellFormed() && cut.length <= most && cut.length >= most - 1)
  }
})
