// Who asks: API key, scopes, project, address, quota, in this order, before anything else looks at
// a request (law L4). A key that was seen lately costs no await.
import { Fault } from '@xerotier/protocol/errors.ts'
import { apiKeyPattern } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Auth, missingScope, type Route } from '@xerotier/protocol/route.ts'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Core } from '../../core.ts'
import { type Caller, may } from '../../domain/actor.ts'
import { admitKey } from '../../domain/api-keys/admit.ts'
import type { KnownKey } from '../../domain/api-keys/keyring.ts'
import { createUsageRecord } from '../../domain/api-keys/usage.ts'
import { agentOfToken } from '../../domain/enrollment/agent-token.ts'
import { isId } from '../../domain/ids.ts'
import { requireOwner } from '../../domain/people/change.ts'
import { bearerOf } from '../bearer.ts'
import { callerAddress } from '../caller-address.ts'
import type { PublicLimit } from '../public-limit.ts'
import { createGuesses } from './guesses.ts'
import { createKeyRate } from './key-rate.ts'

type KeyAuth = Exclude<Auth, string>

export interface AuthenticationOptions {
  requestsPerMinutePerKey: number
  failedAuthenticationsPerMinute: number
}

export interface Authentication {
  /** The hook of one route. */
  hookFor(definition: Pick<Route, 'auth' | 'owners'>): onRequestHookHandler
}

export function createAuthentication(
  core: Core,
  limitPublic: PublicLimit,
  options: Partial<AuthenticationOptions>,
): Authentication {
  const { clock, keyring } = core
  const countUse = createKeyRate(clock, options.requestsPerMinutePerKey ?? limits.requestsPerMinutePerKey)
  const failures = options.failedAuthenticationsPerMinute ?? limits.failedAuthenticationsPerMinute
  const guesses = createGuesses(clock, keyring, failures)
  const usage = createUsageRecord(core)

  /** At once, unless the path names the project by a workspace that nobody asked for lately. */
  const admit = (
    auth: KeyAuth,
    owners: boolean,
    value: string,
    key: KnownKey,
    request: FastifyRequest,
    reply: FastifyReply,
  ): undefined | Promise<undefined> => {
    const { actor } = key
    // Also of who is refused: the audit log says who it was.
    request.actor = actor
    const missing = missingScope(auth, (scope) => may(actor, scope))
    if (missing !== undefined) {
      throw new Fault('scope_insufficient', { message: `The API key lacks the scope \`${missing}\`.` })
    }
    const { project_id: project } = request.params as { project_id?: string }
    const own = project === undefined || project === actor.projectId || project === key.projectSlug
    if (!own && !isId('ws', project)) throw new Fault('cross_project_access')
    const address = callerAddress(request.ip)
    if (!key.admits(address)) throw new Fault('ip_not_allowed')
    request.asker.names.push(
      { name: `key ${actor.key.id}`, weight: 2 },
      { name: `project ${actor.projectId}`, weight: 1 },
    )
    countUse(key, reply)
    usage.used(actor.key.id)
    request.admission = admitKey(keyring, value, key, address)
    const known = own ? undefined : ownWorkspace(actor, project)
    return owners ? ownersAlone(actor, known) : known
  }
  /**
   * A workspace names the project that it belongs to. One of another project is refused like one
   * that nobody has.
   */
  const ownWorkspace = (actor: Caller, id: string): undefined | Promise<undefined> => {
    const check = (row: object | undefined) => {
      if (row === undefined) throw new Fault('cross_project_access')
      return undefined
    }
    const found = core.workspaces.find(actor.projectId, id)
    return found instanceof Promise ? found.then(check) : check(found)
  }

  const ownersAlone = async (actor: Caller, known: undefined | Promise<undefined>): Promise<undefined> => {
    await known
    await requireOwner(core.store.db, actor)
  }

  const withKey =
    (auth: KeyAuth, owners: boolean): onRequestHookHandler =>
    (request, reply, done) => {
      try {
        const value = bearerOf(request)
        if (!apiKeyPattern.test(value)) throw guesses.refusal(request)
        const found = guesses.find(request, value)
        if (!(found instanceof Promise)) {
          if (found === undefined) throw guesses.refusal(request)
          const admitted = admit(auth, owners, value, found, request, reply)
          return admitted === undefined ? done() : void admitted.then(() => done(), done)
        }
        found
          .then((key) => {
            if (key === undefined) throw guesses.refusal(request)
            return admit(auth, owners, value, key, request, reply)
          })
          .then(() => done(), done)
      } catch (error) {
        done(error as Error)
      }
    }

  const withToken: onRequestHookHandler = (request, _reply, done) => {
    const work = async () => {
      const value = bearerOf(request)
      try {
        // Its signature comes first: what nobody signed costs no query.
        request.actor = await agentOfToken(core, value)
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'authentication_error') throw error
        throw guesses.refusal(request, error)
      }
    }
    work().then(() => done(), done)
  }

  const withNothing: onRequestHookHandler = (request, _reply, done) => done(limitPublic(request))

  return {
    hookFor({ auth, owners }) {
      if (auth === 'public') return withNothing
      return auth === 'agent' ? withToken : withKey(auth, owners === true)
    },
  }
}
