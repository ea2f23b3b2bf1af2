// A policy as operators write it, made ready: expressions planned, windows read, rules by the tools
// and risks that they are about.
import { setImmediate } from 'node:timers/promises'
import type { ApproverSet } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { PolicyDocument, PolicyFreeze, PolicyRule, PolicyWindow } from '@xerotier/protocol/policy.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { compileExpression, type Expression } from './expression.ts'
import { needsOf } from './expression-needs.ts'
import { groupsOf } from './places.ts'
import { compileTimes, mustKnowZone, type Times } from './windows.ts'

export interface CompiledRule {
  rule: PolicyRule
  when: Expression
}

export interface CompiledSpan {
  name: string
  risks: ReadonlySet<Risk>
  when: Expression | undefined
  times: Times
  /** A freeze: closed inside of its times. A window is closed outside of them. */
  freeze: boolean
  closed: PolicyWindow['outside']
}

export interface CompiledPolicy {
  document: PolicyDocument
  rules: CompiledRule[]
  spans: CompiledSpan[]
  /** Those that could match, in the order of the document. */
  rulesFor(tool: string, risk: Risk): readonly CompiledRule[]
}

/** @throws Fault policy_invalid, which names the place */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const compiling = compileStepwise(document)
  for (;;) {
    const step = compiling.next()
    if (step.done === true) return step.value
  }
}

/**
 * The same while others have their turn: a policy of a thousand rules takes a second.
 * @throws Fault policy_invalid
 */
export async function compileInTurns(document: PolicyDocument): Promise<CompiledPolicy> {
  const compiling = compileStepwise(document)
  for (;;) {
    const step = compiling.next()
    if (step.done === true) return step.value
    await setImmediate()
  }
}

const rulesPerStep = 10

function* compileStepwise(document: PolicyDocument): Generator<void, CompiledPolicy> {
  document.stages.forEach((stage, at) => {
    mustHaveGroups(stage.approvers, stage.quorum ?? document.quorum, `stages.${at}`)
  })
  for (const key of ['approvers_destructive', 'approvers_irreversible'] as const) {
    const own = document[key]
    if (own !== undefined) mustHaveGroups(own.approvers, own.quorum, key)
  }
  mustDiffer(namesIn('rules', document.rules))
  mustDiffer([...namesIn('windows', document.windows), ...namesIn('freezes', document.freezes)])
  const spans = spansOf(document)
  const rules: CompiledRule[] = []
  for (const [index, rule] of document.rules.entries()) {
    if (index % rulesPerStep === rulesPerStep - 1) yield
    rules.push(compileRule(rule, `rules.${index}`))
  }
  return { document, rules, spans, rulesFor: indexOf(rules) }
}

function compileRule(rule: PolicyRule, path: string): CompiledRule {
  const { approvers, quorum } = rule.then
  if (approvers !== undefined) mustHaveGroups(approvers, quorum, `${path}.then`)
  else if (quorum === 'each_group')
    throw invalid(`${path}.then.quorum`, '`each_group` needs `approvers` with groups beside it')
  return { rule, when: expressionAt(rule.when, `${path}.when`) }
}

function invalid(param: string, what: string): Fault {
  return new Fault('policy_invalid', { param, message: `${param}: ${what}.` })
}

function expressionAt(text: string, path: string): Expression {
  return placed(path, () => compileExpression(text))
}

function placed<Made>(path: string, make: () => Made): Made {
  try {
    return make()
  } catch (error) {
    throw invalid(path, messageOf(error))
  }
}

function mustHaveGroups(approvers: ApproverSet, quorum: unknown, path: string): void {
  if (quorum === 'each_group' && groupsOf(approvers).length === 0)
    throw invalid(`${path}.quorum`, '`each_group` needs approvers with groups')
}

/** Decisions name rules, windows and freezes. */
function mustDiffer(named: readonly { name: string; path: string }[]): void {
  const names = new Set<string>()
  for (const { name, path } of named) {
    if (names.has(name)) throw invalid(path, `two are called ${name}`)
    names.add(name)
  }
}

function namesIn(key: string, list: readonly { name: string }[]): { name: string; path: string }[] {
  return list.map(({ name }, at) => ({ name, path: `${key}.${at}.name` }))
}

function spansOf({ windows, freezes }: PolicyDocument): CompiledSpan[] {
  const compile = (span: PolicyWindow | PolicyFreeze, path: string): Omit<CompiledSpan, 'freeze' | 'closed'> => {
    placed(`${path}.time_zone`, () => mustKnowZone(span.time_zone))
    return {
      name: span.name,
      risks: new Set(span.risks),
      when: span.when === undefined ? undefined : expressionAt(span.when, `${path}.when`),
      times: placed(`${path}.times`, () => compileTimes(span.times, span.time_zone)),
    }
  }
  return [
    ...windows.map((window, at) => ({
      ...compile(window, `windows.${at}`),
      freeze: false,
      closed: window.outside,
    })),
    ...freezes.map((freeze, at) => ({ ...compile(freeze, `freezes.${at}`), freeze: true, closed: freeze.inside })),
  ]
}

/** Kinds of calls that are remembered with their rules. */
const rememberedKinds = 10_000

function indexOf(rules: readonly CompiledRule[]): CompiledPolicy['rulesFor'] {
  const needs = rules.map(({ when }) => needsOf(when.conjuncts))
  const known = new Map<string, readonly CompiledRule[]>()
  return (tool, risk) => {
    const key = `${risk} ${tool}`
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const could = rules.filter((_, at) => {
      const { tools, risks } = needs[at] ?? {}
      return (tools === undefined || tools.includes(tool)) && (risks === undefined || risks.includes(risk))
    })
    if (known.size >= rememberedKinds) known.clear()
    known.set(key, could)
    return could
  }
}
