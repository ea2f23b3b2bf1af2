// The one place where the secret of a webhook or channel is sealed and opened: what signs, or what
// whoever holds it may write to.
import { randomBytes } from 'node:crypto'
import type { ChannelRow } from '../../store/tables.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import type { Identity } from '../identity.ts'

/** The prefix lets secret scanners find a leaked one. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`
}

export function sealChannelSecret({ keyring }: Pick<Identity, 'keyring'>, channelId: string, secret: string): Buffer {
  return seal(keyring, channelId, Buffer.from(secret))
}

/** @throws when the router has other keys since */
export function openChannelSecret({ keyring }: Pick<Identity, 'keyring'>, channelId: string, sealed: Buffer): string {
  return openSealed(keyring, channelId, sealed).toString('utf8')
}

/** Those that sign now, the usual one first. */
export function signingSecrets(
  identity: Identity,
  { id, secret, previous_secret, overlap_until }: ChannelRow,
  now: Date,
): string[] {
  const overlaps = previous_secret !== null && overlap_until !== null && overlap_until > now
  // Who has not changed over yet knows the old one alone.
  return [overlaps ? previous_secret : null, secret]
    .filter((sealed) => sealed !== null)
    .map((sealed) => openChannelSecret(identity, id, sealed))
}
