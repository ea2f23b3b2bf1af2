import { domainToASCII } from 'node:url'

/**
 * An e-mail address as it is compared: two that reach the same mailbox in practice are one. Case
 * and forms of Unicode do not count, and a domain is the same in letters and in Punycode.
 */
export function emailKey(email: string): string {
  const normal = email.normalize('NFKC').toLowerCase()
  const at = normal.lastIndexOf('@')
  const domain = normal.slice(at + 1)
  // What is no name of a host, such as `[127.0.0.1]`, stays as it is.
  return `${normal.slice(0, at)}@${domainToASCII(domain) || domain}`
}
