import { int, text, timestamptz } from './column.ts'

/** How many there were at a time. */
const gauges = {
  project_id: text(),
  at: timestamptz(),
  agents_online: int(),
  active: int(),
  pending_approvals: int(),
  queued: int(),
}

export const healthTables = { gauges }
