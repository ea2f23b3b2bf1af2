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
  /** pg wraps it to give up in time. */
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
    connection.bind({ statement: name, values: this.#values }, true)
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
