// What the policy of a workspace costs a call, in this process and without a database: with 500
// rules, and with none.
import { type PolicyInput, policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { activePolicy } from '@xerotier/router/domain/policy/book.ts'
import { compilePolicy } from '@xerotier/router/domain/policy/compile.ts'
import { evaluatePolicy } from '@xerotier/router/domain/policy/evaluate.ts'
import type { CallFacts } from '@xerotier/router/domain/policy/facts.ts'
import { quantile } from './closed-loop.ts'
import type { Report } from './figure.ts'

const rules = 500
const tools = 25
const warmUp = 2_000
const calls = 10_000

/**
 * Of each ten, eight are about a tool, one about a risk, and one about every call: half of these
 * with a loop, which only the library evaluates.
 */
function documentOf(count: number): PolicyInput {
  return {
    rules: Array.from({ length: count }, (_, at) => ({
      name: `rule ${at}`,
      when:
        at % 10 === 8
          ? `risk == "irreversible" && args.count > ${at}`
          : at % 10 === 9
            ? at % 20 === 9
              ? `args.names.exists(name, name == "team-${at}")`
              : `args.namespace == "team-${at}" || args.count > ${1_000 + at}`
            : `tool == "tool_${at % tools}" && args.namespace.startsWith("team-${at}") && args.count > ${at}`,
      then: { approvers: { groups: [`team-${at}`] } },
    })),
  }
}

function factsOf(at: number): CallFacts {
  return {
    project: 'default',
    workspace: 'prod',
    tool: `tool_${at % tools}`,
    risk: at % 50 === 0 ? 'irreversible' : 'write',
    args: { namespace: `team-${at % rules}`, count: at % 700, names: ['a', 'b', 'c'], labels: { app: 'shop' } },
    requester: { id: 'key_1', name: 'deployer', kind: 'key', email: '', groups: [], roles: [] },
    agent: { name: 'host-1', names: ['host-1'] },
    at: 1_800_000_000_000 + at,
    labels: { workspace_type: 'kubernetes' },
  }
}

/**
 * Of each call the shortest of three: what else runs on the machine must not count.
 * @returns µs of each call, in order of their length
 */
function timed(decide: (at: number) => unknown): number[] {
  for (let at = 0; at < warmUp; at++) decide(at)
  const once = (at: number) => {
    const started = performance.now()
    decide(at)
    return (performance.now() - started) * 1_000
  }
  return Array.from({ length: calls }, (_, at) => Math.min(once(at), once(at), once(at))).sort((a, b) => a - b)
}

export async function measurePolicy(): Promise<Report> {
  const compiled = (count: number) => compilePolicy(policyDocumentSchema.parse(documentOf(count)))
  const started = performance.now()
  const many = compiled(rules)
  const compileMs = performance.now() - started
  const none = activePolicy(
    { id: 'pol_1', workspaceId: null, name: 'none', version: 1, number: 2, project: 'default' },
    compiled(0),
  )
  const facts = Array.from({ length: calls }, (_, at) => factsOf(at))
  const withRules = timed((at) => evaluatePolicy(many, facts[at] ?? factsOf(at), () => performance.now()))
  const without = timed(() => none.byRisk?.write)
  return {
    figures: [
      { name: `${rules} rules, a call p50`, value: quantile(withRules, 0.5), unit: 'µs' },
      { name: `${rules} rules, a call p99`, value: quantile(withRules, 0.99), unit: 'µs', target: { atMost: 1_000 } },
      { name: 'no rules, a call p99', value: quantile(without, 0.99), unit: 'µs', target: { atMost: 5 } },
      { name: `compiling ${rules} rules`, value: compileMs, unit: 'ms' },
    ],
  }
}
