import type { Retention } from '@xerotier/protocol/api/retention.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { ProjectRow } from '../../store/projects.ts'

export function retentionOf(row: Retention): Retention {
  const { executions_days, output_days, artifacts_days, events_days } = row
  return { executions_days, output_days, artifacts_days, events_days }
}

const longest = (days: number | null) => days ?? Number.POSITIVE_INFINITY
const inWords = (days: number | null) => (days === null ? 'for ever' : `for ${days} days`)

/**
 * The parts of a call may not outlive it, nor it the events that tell what it went through.
 * @param auditDays for how long the router keeps its audit logs, which are made of events
 * @throws Fault invalid_body that names the setting
 */
export function mergedRetention(
  known: Pick<ProjectRow, keyof Retention>,
  changes: { readonly [Setting in keyof Retention]?: number | null | undefined },
  auditDays: number,
): Retention {
  const given = Object.fromEntries(Object.entries(changes).filter(([, days]) => days !== undefined))
  const merged: Retention = { ...retentionOf(known), ...given }
  const { executions_days, output_days, artifacts_days, events_days } = merged
  for (const [param, days] of Object.entries({ output_days, artifacts_days })) {
    if (days !== null && days > longest(executions_days))
      throw refused(param, `is ${days}, and the calls themselves are kept ${inWords(executions_days)}`)
  }
  if (longest(events_days) < longest(executions_days))
    throw refused(
      'events_days',
      `is ${events_days}, and calls are kept ${inWords(executions_days)}: their events tell what they went through`,
    )
  if (given.events_days !== undefined && longest(events_days) < auditDays)
    throw refused('events_days', `is ${events_days}, and this router keeps its audit log for ${auditDays} days`)
  return merged
}

function refused(setting: string, why: string): Fault {
  const param = `retention.${setting}`
  return new Fault('invalid_body', { message: `${param}: ${why}`, param })
}
