// What is looked at when somebody gives a document. What is stored was accepted before, and goes on
// deciding as it did: a rule that is new here would else close a project when the router starts.
import type { ApproverSet } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { PolicyDocument, PolicyFreeze, PolicyWindow, Quorum } from '@xerotier/protocol/policy.ts'
import { emailKey } from '../people/email.ts'
import { type CompiledPolicy, compileInTurns } from '../policy/compile.ts'
import { either } from '../policy/places.ts'

/** @throws Fault policy_invalid, which names the place */
export async function compileGiven(document: PolicyDocument): Promise<CompiledPolicy> {
  mustBeReachable(document)
  mustBeInCalendar('windows', document.windows)
  mustBeInCalendar('freezes', document.freezes)
  return compileInTurns(document)
}

function mustBeReachable({ stages, rules, quorum, ...document }: PolicyDocument): void {
  let all: ApproverSet | undefined
  for (const [at, stage] of stages.entries()) {
    // Those of the stages before may still decide.
    all = all === undefined ? stage.approvers : either(all, stage.approvers)
    mustHaveSoMany(all, stage.quorum ?? quorum, `stages.${at}.quorum`)
  }
  for (const [at, { then }] of rules.entries())
    if (then.approvers !== undefined) mustHaveSoMany(then.approvers, then.quorum ?? 1, `rules.${at}.then.quorum`)
  for (const key of ['approvers_destructive', 'approvers_irreversible'] as const) {
    const own = document[key]
    if (own !== undefined) mustHaveSoMany(own.approvers, own.quorum ?? 1, `${key}.quorum`)
  }
}

/** Groups and roles may have more people tomorrow. */
function mustHaveSoMany(approvers: ApproverSet, quorum: Quorum, param: string): void {
  if (quorum === 'each_group' || approvers === 'anyone') return
  if (approvers.groups !== undefined || approvers.roles !== undefined) return
  const count = new Set(approvers.users?.map(emailKey)).size + new Set(approvers.service_keys).size
  if (count >= quorum) return
  throw invalid(param, `${quorum} are wanted, and ${count} ${count === 1 ? 'is' : 'are'} named`)
}

function mustBeInCalendar(key: string, spans: readonly (PolicyWindow | PolicyFreeze)[]): void {
  for (const [at, { times }] of spans.entries()) {
    for (const [nth, time] of times.entries()) {
      if ('cron' in time) continue
      for (const end of ['from', 'until'] as const)
        if (!isInCalendar(time[end])) throw invalid(`${key}.${at}.times.${nth}.${end}`, `there is no ${time[end]}`)
    }
  }
}

/** A date that there is reads the same once it was a date: 30 February would be 2 March. */
function isInCalendar(local: string): boolean {
  const time = Date.parse(`${local}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(local)
}

function invalid(param: string, what: string): Fault {
  return new Fault('policy_invalid', { param, message: `${param}: ${what}.` })
}
