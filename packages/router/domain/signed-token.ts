// JWTs of the router's own Ed25519 key: join keys, agents' tokens, and what sets a password anew.
// Their audience tells the kinds apart.

import { createPrivateKey } from 'node:crypto'
import { verifyingKey } from '@xerotier/runtime/ed25519.ts'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Identity } from './identity.ts'
import type { Records } from './records.ts'

// DER header of RFC 8410; jose signs with key objects, and SigningKey keeps its own to itself.
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex')

export type TokenAudience = 'xem-agent' | 'xem-join-key' | 'xem-password-reset'

export interface TokenTimes {
  issuedAt: Date
  expiresAt: Date
}

export function signToken(
  { identity }: { identity: Identity },
  audience: TokenAudience,
  claims: JWTPayload,
  { issuedAt, expiresAt }: TokenTimes,
): Promise<string> {
  const der = Buffer.concat([pkcs8Header, identity.signing.seed])
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: identity.signing.keyId })
    .setAudience(audience)
    .setIssuedAt(Math.floor(issuedAt.getTime() / 1000))
    .setExpirationTime(Math.floor(expiresAt.getTime() / 1000))
    .sign(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

/**
 * What a token of ours claims, all of it text; `expired` when its time is over, `invalid` for
 * anything else.
 */
export async function readToken<Claim extends string>(
  { identity, clock }: Pick<Records, 'clock'> & { identity: Identity },
  audience: TokenAudience,
  token: string,
  required: readonly Claim[],
): Promise<{ [C in Claim]: string } | 'expired' | 'invalid'> {
  const { signing, previousSigning } = identity
  for (const { publicKey } of previousSigning === undefined ? [signing] : [signing, previousSigning])
    try {
      const { payload } = await jwtVerify(token, verifyingKey(publicKey), {
        algorithms: ['EdDSA'],
        audience,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp'],
      })
      return areText(payload, required) ? payload : 'invalid'
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired'
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return 'invalid'
    }
  return 'invalid'
}

function areText<Claim extends string>(
  payload: JWTPayload,
  required: readonly Claim[],
): payload is JWTPayload & { [C in Claim]: string } {
  return required.every((claim) => typeof payload[claim] === 'string')
}
