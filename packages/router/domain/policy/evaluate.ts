// What a policy says of a call. Pure: the same call at the same time has the same answer.
//
// Whatever a rule says is added to what is demanded already, so that no rule loosens anything: a
// risk is only raised, places only become more, those who fill them only fewer (tightens.test.ts).
import { isDeepStrictEqual } from 'node:util'
import type { ApproverSet, Asked, AskedStage, MatchedRule, Place } from '@xerotier/protocol/asked.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'
import { type Risk, riskDefaults, risks } from '@xerotier/protocol/risk.ts'
import type { CompiledPolicy, CompiledSpan } from './compile.ts'
import { type BoundFacts, bindFacts, type Verdict } from './expression.ts'
import type { CallFacts } from './facts.ts'
import { atLeast, either, narrowed, owners, placesOf } from './places.ts'

export interface Evaluation {
  decision: 'allow' | 'ask' | 'refuse'
  /** As which it is treated: that of the tool, or a higher one. */
  risk: Risk
  rules: MatchedRule[]
  /** Windows and freezes that are closed to it now. */
  closed: string[]
  /** Why it is refused: what the requester reads. */
  refusals: string[]
  /** Undefined unless it asks. */
  asked?: Asked
}

/**
 * @param monotonic milliseconds, to give up when the rules take too long
 */
export function evaluatePolicy(policy: CompiledPolicy, facts: CallFacts, monotonic: () => number): Evaluation {
  const guard = guarded(policy, facts, monotonic)
  const demands = startOf(facts.risk)
  for (const { rule, when } of policy.rulesFor(facts.tool, facts.risk)) {
    const known = when.known(facts)
    if (known === false) continue
    const verdict = known === true ? { matched: true } : guard(when)
    if ('error' in verdict) {
      demands.rules.push({ name: rule.name, error: verdict.error })
      demands.risk = 'irreversible'
    } else if (!verdict.matched) continue
    else demands.rules.push({ name: rule.name })
    addRule(demands, rule.then)
  }
  for (const span of policy.spans) {
    if (!isClosed(span, facts, guard)) continue
    demands.closed.push(span.name)
    if (span.closed === 'refuse') demands.refusals.push(refusalOf(span, facts.at))
    else demands.quorum = Math.max(demands.quorum, 1)
    if (span.closed === 'wait') demands.waits.push(span.name)
  }
  return decide(policy.document, facts.risk, demands)
}

/** The answer of a policy that looks at nothing but the risk. */
export function evaluateKind({ document }: CompiledPolicy, risk: Risk): Evaluation {
  return decide(document, risk, startOf(risk))
}

/** The rules of one call within their time; what is left then counts as failed. */
function guarded(policy: CompiledPolicy, facts: CallFacts, monotonic: () => number) {
  let bound: BoundFacts | undefined
  const until = policy.rules.length + policy.spans.length === 0 ? 0 : monotonic() + limits.policyEvaluationMs
  return (expression: { evaluate(bound: BoundFacts): Verdict }): Verdict => {
    if (monotonic() > until) return { error: `the rules took more than ${limits.policyEvaluationMs} ms` }
    bound ??= bindFacts(facts)
    return expression.evaluate(bound)
  }
}

interface Demands {
  risk: Risk
  rules: MatchedRule[]
  refusals: string[]
  closed: string[]
  waits: string[]
  /** Places of the stages at least, even for a call that would run unasked. */
  quorum: number
  /** Beside those of the stages. */
  places: Place[]
  requireReason: boolean
  requirePasskey: boolean
}

function startOf(risk: Risk): Demands {
  const demanded = { requireReason: false, requirePasskey: false }
  return { risk, rules: [], refusals: [], closed: [], waits: [], quorum: 0, places: [], ...demanded }
}

type Then = PolicyDocument['rules'][number]['then']

function addRule(demands: Demands, then: Then): void {
  const { risk, approvers, quorum, require_reason, require_passkey, refuse } = then
  if (risk !== undefined && levelOf(risk) > levelOf(demands.risk)) demands.risk = risk
  if (approvers !== undefined) demands.places.push(...placesOf(approvers, quorum ?? 1))
  else if (typeof quorum === 'number') demands.quorum = Math.max(demands.quorum, quorum)
  if (require_reason === true) demands.requireReason = true
  if (require_passkey === true) demands.requirePasskey = true
  if (refuse !== undefined) demands.refusals.push(refuse)
}

function levelOf(risk: Risk): number {
  return risks.indexOf(risk)
}

export function isClosed(
  { risks, when, times, freeze }: CompiledSpan,
  { risk, at }: Pick<CallFacts, 'risk' | 'at'>,
  guard: (when: NonNullable<CompiledSpan['when']>) => Verdict,
): boolean {
  if (!risks.has(risk) || times.includes(at) !== freeze) return false
  if (when === undefined) return true
  const verdict = guard(when)
  return 'error' in verdict || verdict.matched
}

export function refusalOf({ name, freeze, times }: CompiledSpan, at: number): string {
  const opens = freeze ? times.endOf(at) : times.nextAfter(at)
  const until = opens === undefined ? '' : ` It is open again at ${new Date(opens).toISOString()}.`
  return `${freeze ? 'The freeze' : 'Outside of the window'} ${name}.${until}`
}

function decide(document: PolicyDocument, toolRisk: Risk, demands: Demands): Evaluation {
  const { risk, rules, closed, refusals, places, quorum } = demands
  const said = { risk, rules, closed, refusals }
  if (refusals.length > 0) return { decision: 'refuse', ...said }
  const levels = (['destructive', 'irreversible'] as const).filter(
    (level) => levelOf(level) >= levelOf(toolRisk) && levelOf(level) <= levelOf(risk),
  )
  const isAsked = riskDefaults[risk].decision === 'ask' || quorum > 0
  if (!isAsked && places.length === 0) return { decision: 'allow', ...said }
  return { decision: 'ask', ...said, asked: askedOf(document, toolRisk, levels, isAsked, demands) }
}

type Level = 'destructive' | 'irreversible'

function askedOf(document: PolicyDocument, toolRisk: Risk, passed: Level[], isAsked: boolean, demands: Demands): Asked {
  // What is asked for though it is mild waits as long as what is destructive.
  const [level = 'destructive', ...raised] = passed
  const rejects = [level, ...raised].some((one) => document[`on_timeout_${one}`] === 'reject')
  const own = riskDefaults[toolRisk].decision === 'ask' ? [level] : []
  const stages = stagesOf(document, document[`timeout_seconds_${level}`]).map(
    ({ approvers, quorum, ...stage }): AskedStage => {
      const first = isAsked ? placesOf(approvers, quorum) : []
      const asks = atLeast(first, isAsked ? demands.quorum : 0, approvers)
      const places = [...narrowedFor(document, asks, isAsked ? passed : [], approvers), ...demands.places]
      const without = own.length === 0 ? [] : narrowedFor(document, first, own, approvers)
      return { ...stage, places, ...(isDeepStrictEqual(places, without) ? {} : { own: without }) }
    },
  )
  if (!rejects) stages.push(...ownersAfter(document, stages, level))
  return {
    stages: within(stages, Math.min(...[level, ...raised].map((one) => secondsOf(document, one)))),
    onTimeout: rejects ? 'reject' : 'expire',
    requireReason: document.require_reason || demands.requireReason,
    requirePasskey: document.require_passkey || demands.requirePasskey,
    oneRejectEnds: document.one_reject_ends,
    selfApproval: document.self_approval,
    waits: demands.waits,
    reviewSeconds: document.break_glass?.review_within_seconds ?? null,
  }
}

function narrowedFor(document: PolicyDocument, places: Place[], levels: Level[], approvers: ApproverSet): Place[] {
  let own = places
  for (const level of levels) {
    const by = document[`approvers_${level}`]
    if (by !== undefined) own = narrowed(own, approvers, by)
  }
  return own
}

/** How long a call of this level waits, with all of its stages. */
function secondsOf(document: PolicyDocument, level: Level): number {
  const own = document[`timeout_seconds_${level}`]
  const owners = document[`on_timeout_${level}`] !== 'reject' && namesSomebody(document) ? own : 0
  return stagesOf(document, own).reduce((sum, { seconds }) => sum + seconds, owners)
}

/**
 * A risk that a rule has raised ends the wait where the shorter one does, and brings no later stage
 * on before its time.
 */
function within(stages: readonly AskedStage[], most: number): AskedStage[] {
  let left = most
  return stages.map((stage) => {
    const seconds = Math.min(stage.seconds, left)
    left -= seconds
    return { ...stage, seconds }
  })
}

interface OwnStage extends Omit<AskedStage, 'places'> {
  approvers: ApproverSet
  quorum: PolicyDocument['quorum']
}

/** Each stage adds people to those of the stages before it. */
function stagesOf(document: PolicyDocument, seconds: number): OwnStage[] {
  if (document.stages.length === 0)
    return [{ name: '', approvers: 'anyone', quorum: document.quorum, seconds, tell: ['anyone'] }]
  let before: ApproverSet | undefined
  return document.stages.map((stage, at) => {
    const quorum = stage.quorum ?? document.quorum
    const all = before === undefined ? stage.approvers : either(before, stage.approvers)
    before = all
    return {
      name: stage.name ?? `stage ${at + 1}`,
      // One of each of its own groups: those of the stages before it are asked no second time.
      approvers: quorum === 'each_group' ? stage.approvers : all,
      quorum,
      seconds: stage.seconds ?? seconds,
      tell: [stage.tell ?? stage.approvers],
    }
  })
}

/** The owners can stand for everybody, in time of their own, where the policy names who decides. */
function ownersAfter(document: PolicyDocument, stages: readonly AskedStage[], level: Level): AskedStage[] {
  const last = stages.at(-1)
  if (last === undefined || !namesSomebody(document)) return []
  const orOwners = (places: Place[]) => places.map(({ all }) => ({ all: all.map((set) => either(set, owners)) }))
  const { places, own } = last
  return [
    {
      name: 'owners',
      places: orOwners(places),
      ...(own === undefined ? {} : { own: orOwners(own) }),
      seconds: document[`timeout_seconds_${level}`],
      tell: [owners],
    },
  ]
}

function namesSomebody({ stages, approvers_destructive, approvers_irreversible }: PolicyDocument): boolean {
  return [...stages, approvers_destructive, approvers_irreversible].some(
    (one) => one !== undefined && one.approvers !== 'anyone',
  )
}
