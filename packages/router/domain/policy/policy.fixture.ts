// Policies and calls of tests.
import { type PolicyDocument, type PolicyInput, policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { compilePolicy } from './compile.ts'
import { evaluatePolicy } from './evaluate.ts'
import type { CallFacts } from './facts.ts'

export function documentOf(input: PolicyInput): PolicyDocument {
  return policyDocumentSchema.parse(input)
}

export function factsForTests(facts: Partial<CallFacts>): CallFacts {
  return {
    project: 'default',
    workspace: 'prod',
    tool: 'stop',
    risk: 'destructive',
    args: {},
    requester: { id: 'key_1', name: 'deployer', kind: 'key', email: '', groups: [], roles: [] },
    agent: { name: 'host-1', names: ['host-1'] },
    at: Date.parse('2026-11-30T12:00:00Z'),
    labels: { workspace_type: 'host' },
    ...facts,
  }
}

export function evaluated(input: PolicyInput, facts: Partial<CallFacts> = {}, monotonic = () => 0) {
  return evaluatePolicy(compilePolicy(documentOf(input)), factsForTests(facts), monotonic)
}
