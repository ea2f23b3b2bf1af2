// The examples of kubectl's documentation, on its object, and what else it says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../exit-codes.ts'
import { jsonPathTemplate } from './evaluate.ts'

const list = {
  kind: 'List',
  items: [
    {
      kind: 'None',
      metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } },
      status: { capacity: { cpu: '4' }, addresses: [{ type: 'LegacyHostIP', address: '127.0.0.1' }] },
    },
    {
      kind: 'None',
      metadata: { name: '127.0.0.2' },
      status: {
        capacity: { cpu: '8' },
        addresses: [
          { type: 'LegacyHostIP', address: '127.0.0.2' },
          { type: 'another', address: '127.0.0.3' },
        ],
      },
    },
  ],
  users: [
    { name: 'myself', user: {}, age: 3 },
    { name: 'e2e', user: { username: 'admin', password: 'secret' }, age: 41 },
  ],
}

const examples: [template: string, text: string][] = [
  ['the object is {.kind}', 'the object is List'],
  ["{['kind']}", 'List'],
  [`{['metadata.name']}`, ''],
  ["{.items[0].metadata.labels['kubernetes.io/hostname']}", '127.0.0.1'],
  ['{.items[0].metadata.labels.kubernetes\\.io/hostname}', '127.0.0.1'],
  ['{..name}', '127.0.0.1 127.0.0.2 myself e2e'],
  ['{.items[*].metadata.name}', '127.0.0.1 127.0.0.2'],
  ["{.items[*]['metadata.name', 'status.capacity']}", ''],
  ["{.users[*]['name', 'age']}", 'myself 3 e2e 41'],
  ['{.users[?(@.name=="e2e")].user.password}', 'secret'],
  ["{.users[?(@.name == 'e2e')].user.password}", 'secret'],
  [
    '{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}',
    '[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] ',
  ],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.kind}{"\\n"}{end}', '127.0.0.1\tNone\n127.0.0.2\tNone\n'],
  ["{'a'}{.kind}{'b'}", 'aListb'],
  ['{.items[-1].metadata.name}', '127.0.0.2'],
  ['{.items[0:1].metadata.name}', '127.0.0.1'],
  ['{.items[-1:].metadata.name}', '127.0.0.2'],
  ['{.items[0:2:2].metadata.name}', '127.0.0.1'],
  ['{.users[0,1].name}', 'myself e2e'],
  ['{.users[?(@.age>3)].name}', 'e2e'],
  ['{.users[?(@.age <= 3)].name}', 'myself'],
  ['{.users[?(@.age != 3)].name}', 'e2e'],
  ['{.users[?(@.user.username)].name}', 'e2e'],
  ['{.users[?(@.name > 3)].name}', ''],
  [
    '{range .items[*]}{range .status.addresses[*]}{.address} {end}{$.kind};{end}',
    '127.0.0.1 List;127.0.0.2 127.0.0.3 List;',
  ],
  ['{$.kind}', 'List'],
  ['{@.kind}', 'List'],
  ['{range .users[*].age}{@},{end}', '3,41,'],
  ['{.nothing.below}', ''],
  ['{.toString}{.kind.length}', ''],
  ['{ .kind }', 'List'],
  ['{.kind} {.users[0].age}', 'List 3'],
  ['{.users[*].user.*}', 'admin secret'],
]
for (const [template, text] of examples) {
  test(`-o jsonpath='${template}' is ${JSON.stringify(text)}`, () => {
    assert.equal(jsonPathTemplate(template)(list), text)
  })
}

const refused: [template: string, message: RegExp][] = [
  ['.kind', /needs a template with a path in braces/],
  ['{.kind', /a brace that is not closed|something else/],
  ['{kind}', /no path, which begins with a point at character 2 of \{kind\}/],
  ['{range .items[*]}{.kind}', /a range without its end/],
  ['{.kind}{end}', /an end without its range/],
  ['{.items[}', /nothing that can stand in brackets/],
  ['{.items[0}', /a bracket that is not closed/],
  ['{.users[?(@.name=="e2e"}', /a filter that is not closed/],
  ['{.users[?(@.name=~"e")]}', /that kubectl does not know either/],
  ['{.users[?(@.age && @.name)]}', /that kubectl does not know either/],
  ['{.items[0:2:0]}', /a step that is not above zero/],
]
for (const [template, message] of refused) {
  test(`-o jsonpath='${template}' is refused`, () => {
    assert.throws(
      () => jsonPathTemplate(template),
      (error) => error instanceof UsageError && message.test(error.message),
    )
  })
}

test('an item that is not there is an error, as with kubectl; a field that is not there is nothing', () => {
  assert.throws(() => jsonPathTemplate('{.items[7].kind}')(list), /there is no item 7 in a list of 2/)
  assert.equal(jsonPathTemplate('{.metadata[7].kind}')(list), '')
})
