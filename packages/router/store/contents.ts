// What calls carry, sealed where their project wants it: arguments, results, what was written to
// approvals and deliveries of them, and pieces of output. A row whose `sealed_with` is not null has
// these fields sealed, each for its row and its field, in the column that else holds them in the
// clear. Whoever reads such a row through the store gets it opened, so that no reader can forget.
import type { KyselyPlugin } from 'kysely'

/** By the keys of the router: domain/encryption/contents.ts. */
export interface Contents {
  /** Of the key that seals now; `sealed_with` of what it has sealed. */
  readonly keyId: number
  /** Whether the key is there that sealed something. */
  knows(keyId: number): boolean
  /** @param of what it stands with: what is sealed for one cannot be opened for another */
  seal(of: string, plain: Uint8Array): Buffer
  /** @throws when no key opens it, when it is another's, or was changed */
  open(of: string, sealed: Buffer): Buffer
}

/** How much longer than its content a sealed value is, bytes. */
export const sealedOverhead = 35

/** What stands in place of that which no key of the router opens. */
export const unreadable = 'No key of this router opens what is encrypted here.'

/** In place of the message of an error, for whoever reads the row without the key. */
const hiddenMessage = 'What the tool said is encrypted: read it with the execution.'

/** Of a row, or of the pieces of a call. */
export interface MaybeSealed {
  sealed_with: number | null
}

type Json = Readonly<Record<string, unknown>>

/** A store that was opened without keys. */
export const noContents: Contents = {
  keyId: 0,
  knows: () => false,
  seal: () => {
    throw new Error('this store has no keys')
  },
  open: () => {
    throw new Error('this store has no keys')
  },
}

export function sealText({ seal }: Contents, of: string, text: string): string {
  return seal(of, Buffer.from(text)).toString('base64')
}

function openText({ open }: Contents, of: string, sealed: string): string {
  return open(of, Buffer.from(sealed, 'base64')).toString()
}

/** As JSON for a column that else holds this JSON. */
export function sealJson(contents: Contents, of: string, json: string): string {
  return JSON.stringify(sealText(contents, of, json))
}

/** As JSON: the code is no secret. */
export function sealError(contents: Contents, of: string, { code, message }: { code: string; message: string }) {
  return JSON.stringify({ code, message: hiddenMessage, sealed: sealText(contents, of, message) })
}

export const sealedFor = {
  args: (id: string) => `${id} args`,
  result: (id: string) => `${id} result`,
  error: (id: string) => `${id} error`,
  prompt: (id: string) => `${id} prompt`,
  body: (id: string) => `${id} body`,
  output: (executionId: string, attempt: number, seq: number) => `${executionId} output ${attempt} ${seq}`,
  artifact: (artifactId: string, seq: number) => `${artifactId} ${seq}`,
}

/** @throws when no key opens it */
export function openFields(contents: Contents, row: Json): Record<string, unknown> {
  const { id, args, result, error, prompt, body } = row
  const of = String(id)
  const opened: Record<string, unknown> = {}
  if (typeof args === 'string') opened.args = JSON.parse(openText(contents, sealedFor.args(of), args))
  if (typeof result === 'string') opened.result = JSON.parse(openText(contents, sealedFor.result(of), result))
  if (typeof prompt === 'string') opened.prompt = openText(contents, sealedFor.prompt(of), prompt)
  if (typeof body === 'string') opened.body = openText(contents, sealedFor.body(of), body)
  if (isSealedError(error)) {
    const { code, sealed } = error
    opened.error = { code, message: openText(contents, sealedFor.error(of), sealed) }
  }
  return opened
}

export function isSealedError(error: unknown): error is { code: string; sealed: string } {
  return typeof error === 'object' && error !== null && 'sealed' in error && typeof error.sealed === 'string'
}

/** So that one of them does not hide the others of a list. What says so is nobody's argument. */
function unreadableFields({ args, result, error, prompt, body }: Json): Record<string, unknown> {
  return {
    ...(args === undefined ? {} : { args: { encrypted: unreadable } }),
    ...(typeof result === 'string' ? { result: unreadable } : {}),
    ...(prompt === undefined ? {} : { prompt: unreadable }),
    ...(body === undefined ? {} : { body: JSON.stringify({ encrypted: unreadable }) }),
    ...(isSealedError(error) ? { error: { code: error.code, message: unreadable } } : {}),
  }
}

/** Opens rows as they are read. Rows in the clear cost one look. */
export function openedRows(contents: Contents): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const [first] = result.rows
      if (first === undefined || first.sealed_with === undefined) return result
      for (const row of result.rows) {
        if (row.sealed_with === null) continue
        try {
          Object.assign(row, openFields(contents, row))
        } catch {
          Object.assign(row, unreadableFields(row))
        }
      }
      return result
    },
  }
}

/** How many bytes of each stored piece are not its content. */
export function overheadOf({ sealed_with }: MaybeSealed): number {
  return sealed_with === null ? 0 : sealedOverhead
}
