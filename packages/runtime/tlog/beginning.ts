import { memberOf } from '@xerotier/protocol/record.ts'

/** With which record the log begins, or is about to, by an entry that says so. */
export function beginningOf(entry: string): number | undefined {
  if (!entry.includes('"kind":"retention.log_begins"')) return undefined
  try {
    const index = memberOf(memberOf(JSON.parse(entry), 'data'), 'index')
    return typeof index === 'number' ? index : undefined
  } catch {
    return undefined
  }
}
