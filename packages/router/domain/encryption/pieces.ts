// Pieces of output and of artifacts, on their way into the record and out of it.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Contents, MaybeSealed } from '../../store/contents.ts'

/** The bytes to store. @param of `sealedFor` */
export function storedPiece(contents: Contents, { sealed_with }: MaybeSealed, of: () => string, data: Buffer): Buffer {
  return sealed_with === null ? data : contents.seal(of(), data)
}

/** @throws Fault contents_unreadable when the router has no longer the key that sealed it */
export function requireReadable(contents: Contents, call: MaybeSealed): void {
  if (!isReadable(contents, call)) throw new Fault('contents_unreadable')
}

export function isReadable(contents: Contents, { sealed_with }: MaybeSealed): boolean {
  return sealed_with === null || contents.knows(sealed_with)
}

/** The bytes that were given. @throws Fault contents_unreadable */
export function openPiece(contents: Contents, { sealed_with }: MaybeSealed, of: () => string, data: Buffer): Buffer {
  if (sealed_with === null) return data
  try {
    return contents.open(of(), data)
  } catch (cause) {
    throw new Fault('contents_unreadable', { cause })
  }
}
