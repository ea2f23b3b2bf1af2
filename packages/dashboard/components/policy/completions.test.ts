import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Known, offerOf, toolsNamedIn } from './completions.ts'

const known: Known = {
  language: {
    object: 'approval_policy_words',
    variables: [
      { name: 'tool', type: 'string', members: [] },
      { name: 'args', type: 'map<string, dyn>', members: [] },
      {
        name: 'requester',
        type: 'map',
        members: [
          { name: 'email', type: 'string' },
          { name: 'groups', type: 'list<string>' },
        ],
      },
    ],
    functions: [
      { name: 'startsWith', of: 'string', gives: 'bool', example: '' },
      { name: 'exists', of: 'list', gives: 'bool', example: '' },
      { name: 'size', of: null, gives: 'int', example: '' },
    ],
  },
  tools: ['kubectl_delete', 'kubectl_drain', 'host_uptime'],
  workspaces: ['prod'],
  groups: ['sre'],
  argumentsOf: new Map([['kubectl_delete', [{ name: 'namespace', type: 'string' }]]]),
}
const offered = (text: string) => offerOf(known, text, text.length).completions.map((one) => one.text)

test('what could stand at the caret is offered: variables, members, methods, tools and arguments', () => {
  assert.deepEqual(offered('to'), ['tool'])
  assert.deepEqual(offered('si'), ['size('])
  assert.deepEqual(offered('requester.'), ['email', 'groups'])
  assert.deepEqual(offered('requester.groups.e'), ['exists('])
  assert.deepEqual(offered('tool.st'), ['startsWith('])
  assert.deepEqual(offered('tool == "kubectl_d'), ['kubectl_delete', 'kubectl_drain'])
  assert.deepEqual(offered('risk == "irr'), ['irreversible'])
  assert.deepEqual(offered('"sr'), ['sre'])
  assert.deepEqual(offered('tool == "kubectl_delete" && args.'), ['namespace'])
  assert.deepEqual(offered(''), [])
})

test('the completion takes the place of what was typed of it', () => {
  const text = 'risk == "read" && requester.em'
  assert.equal(text.slice(offerOf(known, text, text.length).from), 'em')
  assert.deepEqual(toolsNamedIn('tool in ["a", "b_c"] || tool == "d"'), ['a', 'b_c', 'd'])
})
