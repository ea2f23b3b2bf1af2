// Types of settings about who collects records. What they say of a value does not repeat it.
import type { OptionType } from './option.ts'

const protocols = ['syslog+tls:', 'syslog+tcp:', 'https:', 'http:']

export const collectorUrl: OptionType<string> = {
  name: 'collector url',
  parse(text) {
    const url = URL.parse(text)
    if (url === null || !protocols.includes(url.protocol) || url.hostname === '')
      throw new Error('must be syslog+tls://host:port, syslog+tcp://host:port, https:// or http://')
    if (url.username !== '' || url.password !== '') throw new Error('holds no user: a token has a file of its own')
    if (url.protocol.startsWith('syslog') && url.port === '') throw new Error('must name a port, such as 6514')
    return text
  },
}
