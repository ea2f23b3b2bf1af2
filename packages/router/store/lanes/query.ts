// One run of a prepared statement on a lane. pg's own Query asks for the shape of the rows each
// time and builds a result around them; here the shape is known.
import type pg from 'pg'
import '../pg-internals.ts'
import type { Statement } from './statement.ts'

/** A value in Postgres's text format, or in its binary format as bytes. */
export type Parameter = string | Buffer | null

/** A row as it comes: text, in the order of the columns. */
export type Row = (string | null)[]

/**
 * Runs it, and prepares it first when this connection has not.
 * @throws pg.DatabaseError, or what ended the connection, or its `query_timeout`
 */
export function runPrepared(client: pg.Client, statement: Statement, values: Parameter[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new Run(statement, values, (error, rows) => {
        if (error === null) resolve(rows)
        else reject(error)
      }),
    )
  })
}

/** What pg's client runs: its `Submittable`, as pg-cursor is. */
class Run implements pg.Submittable {
  readonly name: string
  readonly text: string
  /** Wrapped to give up in time (in-time.ts). */
  callback: (error: Error | null, rows: Row[]) => void
  readonly #values: Parameter[]
  readonly #rows: Row[] = []

  constructor({ name, text }: Statement, values: Parameter[], callback: Run['callback']) {
    this.name = name
    this.text = text
    this.callback = callback
    this.#values = values
  }

  submit(connection: pg.Connection): void {
    const { name, text } = this
    // Where pg's client notes the name and text of a query that the server has parsed.
    const { parsedStatements } = connection
    // One write for all messages.
    connection.stream.cork()
    if (parsedStatements[name] === undefined) connection.parse({ name, text, types: [] }, true)
    if (this.#values.some(isLarge)) for (const part of bindMessage(name, this.#values)) connection.stream.write(part)
    else connection.bind({ statement: name, values: this.#values }, true)
    connection.execute({}, true)
    connection.sync()
    connection.stream.uncork()
  }

  handleDataRow({ fields }: { fields: Row }): void {
    this.#rows.push(fields)
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(null, this.#rows)
  }

  handleError(error: Error): void {
    this.callback(error, [])
  }
}

const largeBytes = 64 * 1024

function isLarge(value: Parameter): boolean {
  return value instanceof Buffer && value.length >= largeBytes
}

/**
 * As pg's `bind`, which would copy megabytes into memory that it makes anew and larger several
 * times. Layout: Bind in https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
function bindMessage(statement: string, values: readonly Parameter[]): Buffer[] {
  const number = (value: number, bytes: 2 | 4) => {
    const into = Buffer.allocUnsafe(bytes)
    into.writeIntBE(value, 0, bytes)
    return into
  }
  const count = number(values.length, 2)
  const formats = values.map((value) => number(value instanceof Buffer ? 1 : 0, 2))
  const contents = values.flatMap((value) => {
    if (value === null) return [number(-1, 4)]
    const bytes = value instanceof Buffer ? value : Buffer.from(value)
    return [number(bytes.length, 4), bytes]
  })
  // No portal has a name, and every column comes as text.
  const head = [Buffer.from(`\0${statement}\0`), count, ...formats, count]
  const parts = [...head, ...contents, number(1, 2), number(0, 2)]
  const length = parts.reduce((sum, part) => sum + part.length, 4)
  return [Buffer.concat([Buffer.from('B'), number(length, 4), ...head]), ...parts.slice(head.length)]
}
