// Rows by COPY, as a stream in either direction. What comes is handled as it comes: a program that
// does nothing else may block meanwhile, and no more than one piece is in memory.
import { once } from 'node:events'
import type pg from 'pg'
import '../store/pg-internals.ts'

/** @param copy `copy … to stdout` @param take each piece, before the next comes */
export function copyTo(client: pg.ClientBase, copy: string, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => client.query(new Copy(copy, { take, resolve, reject })))
}

/** @param copy `copy … from stdin` */
export function copyFrom(client: pg.ClientBase, copy: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => client.query(new Copy(copy, { pieces, resolve, reject })))
}

interface Copying {
  take?: (piece: Buffer) => void
  pieces?: AsyncIterable<Buffer>
  resolve(): void
  reject(error: unknown): void
}

/** What pg's client runs: its `Submittable`, as pg-cursor is. */
class Copy implements pg.Submittable {
  readonly #text: string
  readonly #copying: Copying
  #failure: unknown

  constructor(text: string, copying: Copying) {
    this.#text = text
    this.#copying = copying
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    try {
      // What failed once is read to its end: the connection is of use only then.
      if (this.#failure === undefined) this.#copying.take?.(chunk)
    } catch (error) {
      this.#failure = error
    }
  }

  handleCopyInResponse(connection: pg.Connection): void {
    send(connection, this.#copying.pieces).catch((error) => {
      this.#failure = error
      connection.sendCopyFail('the rows could not be read')
    })
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    if (this.#failure === undefined) this.#copying.resolve()
    else this.#copying.reject(this.#failure)
  }

  handleError(error: Error): void {
    this.#failure ??= error
    this.#copying.reject(this.#failure)
  }
}

async function send(connection: pg.Connection, pieces: AsyncIterable<Buffer> | undefined): Promise<void> {
  for await (const piece of pieces ?? []) {
    connection.sendCopyFromChunk(piece)
    if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain')
  }
  connection.endCopyFrom()
}
