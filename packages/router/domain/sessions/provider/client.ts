// The identity provider of this installation, by OpenID Connect: the code flow with PKCE, state and
// nonce. What it says of somebody counts once its signature fits.

import { Fault } from '@xerotier/protocol/errors.ts'
import type { Outbound } from '@xerotier/runtime/outbound.ts'
import type { Configuration, CustomFetch } from 'openid-client'
import type { PublicPlace } from '../passkeys/relying-party.ts'
import type { Secrets } from './secrets.ts'

export interface ProviderOptions {
  /** `https://…`; its discovery document is below it. Plain HTTP on this machine alone. */
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button says; default: the issuer's host. */
  name?: string | undefined
  /** Of addresses; everybody whom the provider knows when left out. */
  domains?: readonly string[] | undefined
  /** Of which somebody must be in one; everybody when left out. */
  groups?: readonly string[] | undefined
}

/** What it says of somebody. */
export interface Claims {
  issuer: string
  subject: string
  email: string | undefined
  emailVerified: boolean
  name: string | undefined
  groups: readonly string[]
}

export interface IdentityProvider {
  /** What the button says. */
  name: string
  options: ProviderOptions
  /**
   * Where the browser goes to log in.
   * @param again asks there who it is, also of who is logged in
   * @throws Fault provider_unavailable
   */
  wayIn(secrets: Secrets, again: boolean): Promise<string>
  /**
   * @param query with which the browser came back
   * @throws Fault provider_refused, provider_unavailable
   */
  claimsOf(query: string, secrets: Secrets): Promise<Claims>
  /** Where the browser goes to log out there too; undefined where it has no such place. */
  wayOut(): Promise<string | undefined>
}

export const callbackPath = '/ops/api/login/provider/callback'

interface Surroundings extends PublicPlace {
  outbound: Outbound
}

export function createIdentityProvider(options: ProviderOptions, around: Surroundings): IdentityProvider {
  const here = (path: string) => `${around.publicUrl()}${path}`
  const library = () => import('openid-client')
  let known: Promise<Configuration> | undefined
  const configuration = async () => {
    known ??= discover(options, around)
    try {
      return await known
    } catch (error) {
      // It is asked again by the next.
      known = undefined
      throw new Fault('provider_unavailable', { cause: error })
    }
  }
  return {
    name: options.name ?? new URL(options.issuer).host,
    options,
    async wayIn({ state, nonce, verifier }, again) {
      const config = await configuration()
      const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library()
      return buildAuthorizationUrl(config, {
        ...{ redirect_uri: here(callbackPath), scope: 'openid email profile', state, nonce },
        ...(again ? { prompt: 'login' } : {}),
        ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      }).href
    },
    async claimsOf(query, { state, nonce, verifier }) {
      const config = await configuration()
      const { authorizationCodeGrant, fetchUserInfo } = await library()
      try {
        const tokens = await authorizationCodeGrant(config, new URL(`${here(callbackPath)}?${query}`), {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new Error('there is no ID token')
        const said = claims.email === undefined ? await fetchUserInfo(config, tokens.access_token, claims.sub) : claims
        return claimsFrom(claims.iss, claims.sub, said)
      } catch (cause) {
        throw new Fault('provider_refused', { cause })
      }
    },
    async wayOut() {
      const config = await configuration()
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined
      const { buildEndSessionUrl } = await library()
      return buildEndSessionUrl(config, { post_logout_redirect_uri: here('/ops/login') }).href
    },
  }
}

async function discover(options: ProviderOptions, { outbound }: Surroundings): Promise<Configuration> {
  const { allowInsecureRequests, ClientSecretBasic, customFetch, discovery, enableNonRepudiationChecks } = await import(
    'openid-client'
  )
  const issuer = new URL(options.issuer)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname)
  const config = await discovery(issuer, options.clientId, undefined, ClientSecretBasic(options.clientSecret), {
    [customFetch]: fetchBy(outbound),
    execute: isHere ? [allowInsecureRequests] : [],
  })
  // The signature of an ID token is checked, though TLS says whom it came from.
  enableNonRepudiationChecks(config)
  return config
}

/** Goes out as everything else does: bounded in time and size, and nowhere by a redirect. */
function fetchBy(outbound: Outbound): CustomFetch {
  return async (url, { method, headers, body }) => {
    const text = body instanceof URLSearchParams ? body.toString() : body
    if (method !== 'GET' && method !== 'POST') throw new Error(`no ${method} is sent`)
    if (text !== undefined && text !== null && typeof text !== 'string') throw new Error('only texts are sent')
    const answer = await outbound({ method, url, headers, ...(text ? { body: text } : {}) })
    const type = answer.headers['content-type']
    return new Response(answer.status === 204 ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: type === undefined ? {} : { 'content-type': type },
    })
  }
}

function claimsFrom(issuer: string, subject: string, said: Readonly<Record<string, unknown>>): Claims {
  const textOf = (name: string) => (typeof said[name] === 'string' ? said[name] : undefined)
  const groups = Array.isArray(said.groups) ? said.groups.filter((one) => typeof one === 'string') : []
  const email = textOf('email')
  return { issuer, subject, email, emailVerified: said.email_verified === true, name: textOf('name'), groups }
}
