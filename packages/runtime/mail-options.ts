// Types of settings about mail and what stands in it. What they say of a value does not repeat it.
import type { OptionType } from './option.ts'

export const smtpUrl: OptionType<string> = {
  name: 'smtp url',
  parse(text) {
    const url = URL.parse(text)
    if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
      throw new Error('must be smtp://host:port or smtps://host:port')
    }
    const unknown = [...url.searchParams.keys()].find((name) => name !== 'tls')
    if (unknown !== undefined) throw new Error('knows the parameter tls alone')
    const tls = url.searchParams.get('tls')
    if (tls !== null && (tls !== 'off' || url.protocol === 'smtps:')) {
      throw new Error('takes tls=off, and that with smtp:// alone')
    }
    return text
  },
}

/** One address, or one with a name: `Xerotier <xerotier@example.com>`. */
export const mailAddress: OptionType<string> = {
  name: 'address',
  parse(text) {
    const address = /^[^<>\r\n]*<([^<>]+)>$/.exec(text)?.[1] ?? text
    if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)) throw new Error('must be an e-mail address')
    return text
  },
}

export function secretText(least: number): OptionType<string> {
  return {
    name: 'secret',
    parse(text) {
      if (text.length < least) throw new Error(`must have ${least} characters or more`)
      return text
    },
  }
}

/** Without a slash at the end. */
export const baseUrl: OptionType<string> = {
  name: 'url',
  parse(text) {
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
      throw new Error('must be http:// or https://, without a query')
    }
    return url.href.replace(/\/+$/, '')
  },
}
