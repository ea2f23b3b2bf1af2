// Which addresses are of the public internet, by the registries of special-purpose addresses
// (iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry).
import { BlockList, isIP } from 'node:net'

/** Everything else of IPv4 is public. */
const special4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's NAT
  ['127.0.0.0', 8], // this host
  ['169.254.0.0', 16], // this link; metadata services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocols
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const

/** Of what is given to the public, 2000::/3. Nothing else is public, nor a mapped IPv4 address. */
const special6 = [
  ['2001::', 23], // protocols; Teredo, which names an IPv4 address
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which names an IPv4 address
  ['3fff::', 20], // documentation
] as const

const special = new BlockList()
for (const [network, bits] of special4) special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of special6) special.addSubnet(network, bits, 'ipv6')
const given = new BlockList()
given.addSubnet('2000::', 3, 'ipv6')

/** False for everything that is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4')
    case 6:
      // One with a zone is of this link.
      return !address.includes('%') && given.check(address, 'ipv6') && !special.check(address, 'ipv6')
    default:
      return false
  }
}
