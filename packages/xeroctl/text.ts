import { isUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { UsageError } from './exit-codes.ts'
import type { InputStream } from './surroundings.ts'

/**
 * @throws UsageError that names the source, instead of text in which every odd byte has become
 * U+FFFD
 */
export function textOf(bytes: Uint8Array, source: string): string {
  // A byte order mark, as some editors write it, is no part of the text.
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes)
  throw new UsageError(`${source} is not UTF-8`, 'Convert it, for example with `iconv -f LATIN1 -t UTF-8`.')
}

/** All of stdin. @throws UsageError */
export async function textOfStdin(stdin: InputStream): Promise<string> {
  return textOf(await buffer(stdin), 'stdin')
}
