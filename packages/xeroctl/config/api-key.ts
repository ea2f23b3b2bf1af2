import { fitsHeader } from '@xerotier/client/request.ts'
import { UsageError } from '../exit-codes.ts'

/**
 * The key without the white space around it: files and secrets tend to end in a line break.
 * @throws UsageError that names `source` and never the key, when it cannot be sent
 */
export function checkedApiKey(given: string, source: string): string {
  const key = given.trim()
  if (fitsHeader(key)) return key
  throw new UsageError(
    `the API key from ${source} holds white space or characters that are no printable ASCII`,
    'It is one word like xero_<project>_…; look for a warning or a second line in what it was taken from.',
  )
}
