// Items of the parts whose every column has a value, and each another one: what a part forgets or
// mistakes for something else shows.
import { newUuid } from '../../domain/ids.ts'
import type { ColumnType } from './binary.ts'
import { type PartItems, type PartName, parts } from './parts.ts'

const values: Record<ColumnType, (name: string, count: number) => unknown> = {
  boolean: () => true,
  smallint: (_, count) => count,
  int: (_, count) => count,
  bigint: (_, count) => count,
  timestamptz: (_, count) => new Date(Date.UTC(2026, 0, 1, 0, 0, count)),
  uuid: () => newUuid(Date.now()),
  text: (name, count) => `${name} ${count}`,
  jsonb: (name, count) => JSON.stringify({ [name]: count }),
  bytea: (name, count) => Buffer.from(`${name} ${count}`),
}

let count = 0

export function itemOf<P extends PartName>(part: P, changes: Partial<PartItems[P]> = {}): PartItems[P] {
  const given = parts[part].columns.map(([name, type]) => [name, values[type](name, ++count % 30_000)])
  return { ...Object.fromEntries(given), ...changes }
}
