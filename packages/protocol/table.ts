// Tables as data, and what the compiler may know of them.

/** The keys of a table that was written out: it has no others. */
export function keysOf<Table extends object>(table: Table): (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[]
}

/** Another table with the same keys. */
export function mapTable<Table extends object, Value>(
  table: Table,
  make: (entry: Table[keyof Table], key: keyof Table & string) => Value,
): { readonly [Key in keyof Table]: Value } {
  const entries = keysOf(table).map((key) => [key, make(table[key], key)])
  return Object.fromEntries(entries) as { [Key in keyof Table]: Value }
}

export function isKeyOf<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key)
}

export function isOneOf<Value>(values: readonly Value[], value: unknown): value is Value {
  return values.some((one) => one === value)
}
