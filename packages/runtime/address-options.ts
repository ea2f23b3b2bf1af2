// Settings that are addresses. One that could never work is refused before anything starts.
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { emailSchema } from '@xerotier/protocol/ids.ts'
import { list, type OptionType } from './option.ts'

const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/

/** What looks like an IPv4 address and is none is a typing error, and no name. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || (hostName.test(text) && !/^[\d.]+$/.test(text))
}

/** Where a server listens. */
export const host: OptionType<string> = {
  name: 'host',
  parse(value) {
    if (!isHost(value)) throw new Error('must be an IP address or a host name')
    return value
  },
}

export const tcpAddress: OptionType<string> = {
  name: 'tcp://host:port',
  parse(value) {
    const [, inBrackets, plain = '', port] = /^tcp:\/\/(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(value) ?? []
    const isPlain = plain === '*' || (isHost(plain) && !isIPv6(plain))
    const isGood = inBrackets === undefined ? isPlain : isIPv6(inBrackets)
    if (!isGood || Number(port) > 65_535) {
      throw new Error('must look like tcp://host:port, with an IPv6 address in brackets and a port up to 65535')
    }
    return value
  },
}

const namedNetworks = ['loopback', 'linklocal', 'uniquelocal']

/** Comma separated; `none` is the empty list. */
export const email: OptionType<string> = {
  name: 'e-mail',
  parse(value) {
    const { data, error } = emailSchema.safeParse(value)
    if (data === undefined) throw new Error(error?.issues[0]?.message ?? 'must be an e-mail address')
    return data
  },
}

export const networks: OptionType<readonly string[]> = {
  name: 'ip,cidr,…',
  parse(value) {
    const entries = list.parse(value)
    const at = entries.findIndex((entry) => !isNetwork(entry))
    if (at >= 0) throw new Error(`must be IP addresses and CIDRs; number ${at + 1} is neither`)
    return entries
  },
}

function isNetwork(entry: string): boolean {
  if (namedNetworks.includes(entry)) return true
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1
  return most > 0 && Number(bits ?? 0) <= most
}

/** As libpq has it. It may hold a password, so that no message repeats it. */
export const postgresUrl: OptionType<string> = {
  name: 'postgres://…',
  parse(value) {
    if (!/^postgres(?:ql)?:\/\//.test(value) || !URL.canParse(value)) {
      throw new Error('must be a URL such as postgres://user:password@host:5432/database')
    }
    return value
  },
}
