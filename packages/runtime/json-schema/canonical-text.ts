import { isRecord } from '@xerotier/protocol/record.ts'
import { nameSteps, type Run } from './run.ts'

/**
 * The same text for values that are equal as JSON: `1.0` and `1`, members in any order.
 * @throws TooCostly
 */
export function canonicalText(value: unknown, run: Run): string {
  if (typeof value === 'string') run.spend(15 + value.length)
  else run.spend(15)
  if (Array.isArray(value)) {
    run.enter()
    const items = value.map((item) => canonicalText(item, run))
    run.leave()
    return `[${items.join()}]`
  }
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null'
  run.enter()
  const names = Object.keys(value).sort()
  run.spend(names.length * nameSteps)
  const members = names.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name], run)}`)
  run.leave()
  return `{${members.join()}}`
}
