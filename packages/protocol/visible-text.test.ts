import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { visible, visibleJson } from './visible-text.ts'

test('what nobody sees is written out, and what everybody reads stays', () => {
  const cases: [text: string, shown: string][] = [
    ['rm -rf /tmp/x', 'rm -rf /tmp/x'],
    ['größe 日本 привет 🙂', 'größe 日本 привет 🙂'],
    ['a\u202eb', 'a\\u202eb'],
    ['a\u200bb\u2060c\ufeffd', 'a\\u200bb\\u2060c\\ufeffd'],
    ['a\u0000\u001b[31m\r\nb', 'a\\u0000\\u001b[31m\\u000d\\u000ab'],
    ['a\u00a0b\u2003c', 'a\\u00a0b\\u2003c'],
    ['a\u{e0041}', 'a\\udb40\\udc41'],
    ['\ud800', '\\ud800'],
    ['p\u0430ypal', 'p\\u0430ypal'],
    ['pr\u03bfd-1', 'pr\\u03bfd-1'],
    ['a\u3164b', 'a\\u3164b'],
  ]
  for (const [text, shown] of cases) assert.equal(visible(text), shown)
})

test('JSON that is shown parses to what runs, and holds nothing unseen but its line breaks', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      const shown = visibleJson(value)
      assert.deepEqual(JSON.parse(shown), JSON.parse(JSON.stringify(value)))
      assert.doesNotMatch(shown, /[^\P{C}\n]|\p{Bidi_Control}/u)
    }),
  )
})
