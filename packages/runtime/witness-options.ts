// Types of settings about a witness outside. What they say of a value does not repeat it.
import type { OptionType } from './option.ts'
import { type NoteKey, parseVerifierKey } from './tlog/note.ts'

/** Under it is add-checkpoint (C2SP tlog-witness). */
export const submissionPrefix: OptionType<string> = {
  name: 'url',
  parse(text) {
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
      throw new Error('must be https:// or http://, without a user and a query')
    return text.replace(/\/+$/, '')
  },
}

export const cosignerKey: OptionType<NoteKey> = {
  name: 'verifier key',
  parse(text) {
    const key = parseVerifierKey(text)
    if (key?.type !== 'cosigner') throw new Error('must be the verifier key of a witness, <name>+<id>+<key> (Ed25519)')
    return key
  },
}
