import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileExpression, ExpressionFault } from './expression.ts'
import { policyWords } from './words.ts'

test('each function that an editor offers can be used as its example says', () => {
  for (const { name, example } of policyWords.functions) {
    assert.ok(example.includes(`${name}(`), example)
    assert.doesNotThrow(() => compileExpression(example), example)
  }
  for (const { name, members } of policyWords.variables)
    for (const member of members) assert.doesNotThrow(() => compileExpression(`has(${name}.${member.name})`))
})

test('what is wrong with an expression says where it stands', () => {
  const at = (text: string) => {
    try {
      compileExpression(text)
    } catch (error) {
      return error instanceof ExpressionFault && error.range
        ? text.slice(error.range.start, error.range.end)
        : String(error)
    }
    return ''
  }
  assert.equal(at('risk == "read" && tol == "x"'), 'tol')
  assert.equal(at('requester.mail == "ann@example.com"'), 'mail')
  assert.match(at('tool + "x"'), /is string, and must be true or false/)
})
