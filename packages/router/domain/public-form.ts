// The public form of a row: the fields of its API schema and no others. A field is the column of
// its name, a time as ISO text, unless the presenter says what it is.

type Shown<Value> = Value extends Date ? string : Value

/** A field that the row has as it is cannot be said, and every other must be. */
type Own<Public, Row, Names> = {
  [Field in keyof Public as Field extends keyof Row
    ? [Shown<Row[Field]>] extends [Public[Field]]
      ? never
      : Field
    : Field]: (row: Row, names: Names) => Public[Field]
}

/** @returns what makes the public form of a row */
export function publicForm<Public extends object, Row extends object, Names>(
  schema: { shape: { [Field in keyof Public]: unknown } },
  own: Own<Public, Row, Names>,
): (row: Row, names: Names) => Public {
  const makers = own as Partial<Record<string, (row: Row, names: Names) => unknown>>
  const fields = Object.keys(schema.shape).map((name) => [name, makers[name]] as const)
  // A copy of what JSON.parse made has one hidden class. Built field by field, it would be a hash
  // table.
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(fields.map(([name]) => [name, null]))))
  return (row, names) => {
    const form = { ...blank }
    for (const [name, make] of fields) {
      const value = make === undefined ? row[name as keyof Row] : make(row, names)
      form[name] = value instanceof Date ? value.toISOString() : value
    }
    return form
  }
}
