// Where a webhook or channel may go. What a name resolves to is looked at when it is connected to.
import { isIP } from 'node:net'
import { Fault } from '@xerotier/protocol/errors.ts'
import { isPublicAddress } from '@xerotier/runtime/public-address.ts'

/** @throws Fault invalid_body that names the field */
export function checkTarget(text: string, param: string, privateTargets: boolean): URL {
  const refuse = (what: string) => new Fault('invalid_body', { param, message: `${param}: ${what}` })
  const url = URL.parse(text)
  if (url === null) throw refuse('must be a whole URL')
  if (url.protocol !== 'https:' && !(privateTargets && url.protocol === 'http:'))
    throw refuse('must begin with https://')
  if (url.username !== '' || url.password !== '') throw refuse('must hold no user and no password')
  if (url.hash !== '') throw refuse('must hold no fragment')
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  const isPrivate = isIP(literal) === 0 ? /(^|\.)localhost\.?$/.test(literal) : !isPublicAddress(literal)
  if (isPrivate && !privateTargets) {
    throw refuse('is at no public address; the setting notification_private_targets of the router would allow it')
  }
  return url
}
