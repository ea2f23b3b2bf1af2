// What an expression can say: for who writes one in an editor that completes it.
import type { PolicyWords } from '@xerotier/protocol/api/policies.ts'
import { variableTypes } from './type-checker.ts'

/** Name, of what, what it gives, and an example that is true or false. */
const functions = [
  ['startsWith', 'string', 'bool', 'tool.startsWith("kubectl_")'],
  ['endsWith', 'string', 'bool', 'tool.endsWith("_delete")'],
  ['contains', 'string', 'bool', 'workspace.contains("prod")'],
  ['matches', 'string', 'bool', 'tool.matches("^kubectl_(delete|drain)$")'],
  ['size', null, 'int', 'size(requester.groups) > 0'],
  ['has', null, 'bool', 'has(args.namespace)'],
  ['exists', 'list', 'bool', 'requester.groups.exists(g, g == "sre")'],
  ['all', 'list', 'bool', 'agent.names.all(n, n.startsWith("eu-"))'],
  ['exists_one', 'list', 'bool', 'requester.groups.exists_one(g, g == "sre")'],
  ['filter', 'list', 'list', 'size(agent.names.filter(n, n.endsWith("-01"))) == 1'],
  ['map', 'list', 'list', '"sre" in requester.groups.map(g, g)'],
  ['getHours', 'google.protobuf.Timestamp', 'int', 'time.getHours("Europe/Berlin") >= 18'],
  ['getDayOfWeek', 'google.protobuf.Timestamp', 'int', 'time.getDayOfWeek("Europe/Berlin") == 0'],
  ['timestamp', null, 'google.protobuf.Timestamp', 'time > timestamp("2026-12-24T18:00:00Z")'],
  ['string', null, 'string', 'string(args.replicas) == "0"'],
  ['int', null, 'int', 'int(args.replicas) > 10'],
  ['double', null, 'double', 'double(args.percent) > 0.5'],
] as const

export const policyWords: PolicyWords = {
  object: 'approval_policy_words',
  variables: Object.entries(variableTypes).map(([name, type]) => ({
    name,
    type: typeof type === 'string' ? type : 'map',
    members: typeof type === 'string' ? [] : Object.entries(type).map(([member, of]) => ({ name: member, type: of })),
  })),
  functions: functions.map(([name, of, gives, example]) => ({ name, of, gives, example })),
}
