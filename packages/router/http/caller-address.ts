import { isIP } from 'node:net'

/**
 * The caller's address as filters and limits count it, without what a proxy may have added to it
 * (`1.2.3.4:56`, `[2001:db8::1]:443`, `fe80::1%eth0`). Undefined when what the proxy says is no
 * address at all.
 */
export function callerAddress(said: string): string | undefined {
  if (isIP(said) !== 0) return withoutZone(said)
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(said)?.[1]
  const plain = bracketed ?? /^([^:]+):\d{1,5}$/.exec(said)?.[1]
  return plain !== undefined && isIP(plain) !== 0 ? withoutZone(plain) : undefined
}

/** A dual-stack socket shows IPv4 callers as ::ffff:a.b.c.d. */
function withoutZone(address: string): string {
  const plain = address.replace(/%.*$/, '')
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(plain) ? plain.slice(7) : plain
}
