// Bytes of rows as they are. Columns of a query come as text, and a byte in it as two characters:
// megabytes cost both sides several times as much so.
// Layout: "Binary Format" in https://www.postgresql.org/docs/current/sql-copy.html
import type pg from 'pg'
import './pg-internals.ts'

/** @param select with literals: COPY takes no parameters. Each row is its columns, none NULL. */
export function copyOut(client: pg.ClientBase, select: string): Promise<Buffer[][]> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyOut(`copy (${select}) to stdout (format binary)`, (error, bytes) => {
        if (error === null) resolve(rowsOf(bytes))
        else reject(error)
      }),
    )
  })
}

/** What pg's client runs: its `Submittable`, as pg-cursor is. */
class CopyOut implements pg.Submittable {
  /** Wrapped to give up in time (in-time.ts). */
  callback: (error: Error | null, bytes: Buffer) => void
  readonly #text: string
  readonly #parts: Buffer[] = []

  constructor(text: string, callback: CopyOut['callback']) {
    this.#text = text
    this.callback = callback
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // It lies in the memory of pg's parser, which goes on with it.
    this.#parts.push(Buffer.from(chunk))
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(null, Buffer.concat(this.#parts))
  }

  handleError(error: Error): void {
    this.callback(error, Buffer.alloc(0))
  }
}

const signatureBytes = 11
const flagsBytes = 4

function rowsOf(bytes: Buffer): Buffer[][] {
  const extensionBytes = bytes.readInt32BE(signatureBytes + flagsBytes)
  let at = signatureBytes + flagsBytes + 4 + extensionBytes
  const rows: Buffer[][] = []
  for (let columns = bytes.readInt16BE(at); columns >= 0; columns = bytes.readInt16BE(at)) {
    at += 2
    const row: Buffer[] = []
    for (let column = 0; column < columns; column++) {
      const length = bytes.readInt32BE(at)
      row.push(bytes.subarray(at + 4, at + 4 + length))
      at += 4 + length
    }
    rows.push(row)
  }
  return rows
}
