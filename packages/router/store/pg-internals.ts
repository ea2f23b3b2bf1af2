// Parts of pg that its types leave out, and that we rely on.
import 'pg'

declare module 'pg' {
  interface ClientBase {
    readonly connection: Connection
  }

  interface Connection {
    sendCopyFromChunk(chunk: Buffer): void
    endCopyFrom(): void
    sendCopyFail(message: string): void
    /** `name` and `text` of each statement that the server has parsed for this connection. */
    readonly parsedStatements: Readonly<Record<string, string>>
  }
}
