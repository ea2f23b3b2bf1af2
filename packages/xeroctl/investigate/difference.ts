// Two calls beside each other: what was asked for, where it ran, and what came of it.
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { isRecord } from '@xerotier/protocol/record.ts'

export interface Difference {
  field: string
  /** Null where the call has none. */
  a: string | null
  b: string | null
  same: boolean
}

/** Longer outputs are compared as a whole. */
const mostLines = 400

export function differences(a: ExecutionDetail, b: ExecutionDetail): Difference[] {
  const row = (field: string, of: (record: ExecutionDetail) => unknown): Difference => {
    const [left, right] = [textOf(of(a)), textOf(of(b))]
    return { field, a: left, b: right, same: left === right }
  }
  const last = (record: ExecutionDetail) => record.attempts.at(-1)
  return [
    row('id', ({ id }) => id),
    row('tool', ({ tool }) => tool),
    row('workspace', ({ workspace }) => workspace),
    row('risk', ({ risk }) => risk),
    row('treated as', ({ effective_risk, risk }) => effective_risk ?? risk),
    row('tool schema', ({ schema_digest }) => schema_digest.slice(0, 12)),
    row('policy version', ({ policy_version }) => policy_version),
    row('requested by', ({ requested_by, requested_by_name }) => requested_by_name ?? requested_by),
    row('credentials', ({ credentials_ref }) => credentials_ref),
    ...argumentsOf(a, b),
    row('approval', ({ approvals }) => approvals.at(-1)?.state ?? null),
    row('agent', ({ agent, agent_id }) => agent ?? agent_id),
    row('agent version', (record) => last(record)?.agent_version ?? null),
    row('attempts', ({ attempt }) => attempt),
    row('state', ({ state }) => state),
    row('exit code', ({ exit_code }) => exit_code),
    row('signal', ({ signal }) => signal),
    row('error', ({ error }) => (error === null ? null : `${error.message} (${error.code})`)),
    row('duration ms', ({ duration_ms }) => duration_ms),
    row('result', ({ result }) => result ?? null),
    ...outputs('stdout', a.stdout, b.stdout),
    ...outputs('stderr', a.stderr, b.stderr),
  ]
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function argumentsOf(a: ExecutionDetail, b: ExecutionDetail): Difference[] {
  const [left, right] = [leaves(a.args), leaves(b.args)]
  return [...new Set([...left.keys(), ...right.keys()])].map((path) => {
    const [one, other] = [left.get(path) ?? null, right.get(path) ?? null]
    return { field: `args.${path}`, a: one, b: other, same: one === other }
  })
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const inside = isRecord(value) || Array.isArray(value) ? Object.entries(value) : []
  if (inside.length === 0 && path !== '') found.set(path, JSON.stringify(value) ?? 'null')
  for (const [key, member] of inside) leaves(member, path === '' ? key : `${path}.${key}`, found)
  return found
}

/** One row for each line that only one of them has; one row where both are alike. */
function outputs(name: string, a: string, b: string): Difference[] {
  if (a === b) return a === '' ? [] : [{ field: name, a: `${linesOf(a).length} lines`, b: 'the same', same: true }]
  const [left, right] = [linesOf(a), linesOf(b)]
  if (left.length > mostLines || right.length > mostLines)
    return [{ field: name, a: `${left.length} lines`, b: `${right.length} lines`, same: false }]
  return changesOf(left, right).map(({ line, one, other }) => ({
    field: `${name}:${line}`,
    a: one,
    b: other,
    same: false,
  }))
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

interface Change {
  /** Of the first call, or of the second where only that has it; from 1. */
  line: number
  one: string | null
  other: string | null
}

/**
 * By the longest common subsequence of lines. Lines that stand in each other's place share a row.
 */
function changesOf(left: readonly string[], right: readonly string[]): Change[] {
  const common = lengthsOf(left, right)
  const changes: Change[] = []
  let [i, j] = [0, 0]
  let gone: Change[] = []
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      ;[i, j] = [i + 1, j + 1]
      gone = []
    } else if (j >= right.length || (i < left.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      const change: Change = { line: i + 1, one: left[i] ?? '', other: null }
      changes.push(change)
      gone.push(change)
      i += 1
    } else {
      const beside = gone.shift()
      if (beside === undefined) changes.push({ line: j + 1, one: null, other: right[j] ?? '' })
      else beside.other = right[j] ?? ''
      j += 1
    }
  }
  return changes
}

function lengthsOf(left: readonly string[], right: readonly string[]): number[][] {
  const table: number[][] = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = table[i]
      if (row === undefined) continue
      row[j] = left[i] === right[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  }
  return table
}

const at = (table: readonly number[][], i: number, j: number) => table[i]?.[j] ?? 0
