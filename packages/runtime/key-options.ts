// Options that are keys.
import type { OptionType } from './option.ts'

const keyBytes = 32
const forms = [
  { pattern: /^[0-9a-fA-F]{64}$/, encoding: 'hex' },
  { pattern: /^[A-Za-z0-9+/_-]{43}=?$/, encoding: 'base64' },
] as const

/** Keys of 32 bytes, with commas between them. */
export const encryptionKeys: OptionType<readonly Buffer[]> = {
  name: 'keys',
  parse(text) {
    const keys = text.split(',').map((part) => keyOf(part.trim()))
    const isTwice = keys.some((key, index) => keys.findIndex((other) => other.equals(key)) !== index)
    if (isTwice) throw new Error('names a key twice')
    return keys
  },
}

function keyOf(text: string): Buffer {
  const form = forms.find(({ pattern }) => pattern.test(text))
  const key = form === undefined ? undefined : Buffer.from(text, form.encoding)
  if (key?.length !== keyBytes)
    throw new Error(`must be ${keyBytes} bytes in hex or base64, as \`openssl rand -hex ${keyBytes}\` prints`)
  return key
}
