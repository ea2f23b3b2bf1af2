// Who asks: API key or session, scopes, project, address, quota, in this order, before anything
// else looks at a request (law L4). A key that was seen lately costs no await.
import { Fault } from '@xerotier/protocol/errors.ts'
import { apiKeyPattern } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Auth, missingScope, type Route } from '@xerotier/protocol/route.ts'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Core } from '../../core.ts'
import { type Caller, may } from '../../domain/actor.ts'
import type { Admission } from '../../domain/admission.ts'
import { admitKey } from '../../domain/api-keys/admit.ts'
import type { KnownKey } from '../../domain/api-keys/keyring.ts'
import { createUsageRecord } from '../../domain/api-keys/usage.ts'
import { agentOfToken } from '../../domain/enrollment/agent-token.ts'
import { isId } from '../../domain/ids.ts'
import { requireOwner } from '../../domain/people/change.ts'
import { admitSession, noteSeen, requireLogin } from '../../domain/sessions/admit.ts'
import { bearerOf } from '../bearer.ts'
import { callerAddress } from '../caller-address.ts'
import type { PublicLimit } from '../public-limit.ts'
import { heldSession, isIdle, sessionTokenOf } from '../session.ts'
import { createGuesses } from './guesses.ts'
import { createKeyRate } from './key-rate.ts'

/** What a route wants of who calls it. */
interface Wants {
  auth: Exclude<Auth, string>
  owners: boolean
}

/** Who came, with a key or with a session. */
interface Entry extends Pick<KnownKey, 'projectSlug' | 'quota' | 'admits'> {
  actor: Caller
  /** By which their requests are counted. */
  id: string
  /** Of the database. */
  share: string
  admission(address: string | undefined): Admission<Caller>
}

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
    { auth, owners }: Wants,
    { actor, projectSlug, admits, ...entry }: Entry,
    request: FastifyRequest,
    reply: FastifyReply,
  ): undefined | Promise<undefined> => {
    // Also of who is refused: the audit log says who it was.
    request.actor = actor
    const missing = missingScope(auth, (scope) => may(actor, scope))
    if (missing !== undefined) {
      const message =
        actor.door === 'dashboard'
          ? `Your role in this project, or the key of your login, lacks the scope \`${missing}\`.`
          : `The API key lacks the scope \`${missing}\`.`
      throw new Fault('scope_insufficient', { message })
    }
    const { project_id: project } = request.params as { project_id?: string }
    const own = project === undefined || project === actor.projectId || project === projectSlug
    if (!own && !isId('ws', project)) throw new Fault('cross_project_access')
    const address = callerAddress(request.ip)
    if (!admits(address)) throw new Fault('ip_not_allowed')
    request.asker.names.push({ name: entry.share, weight: 2 }, { name: `project ${actor.projectId}`, weight: 1 })
    countUse({ id: entry.id, projectId: actor.projectId, quota: entry.quota }, reply)
    if (actor.key !== null) usage.used(actor.key.id)
    request.admission = entry.admission(address)
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
    (wants: Wants): onRequestHookHandler =>
    (request, reply, done) => {
      try {
        if (request.headers.authorization === undefined && sessionTokenOf(request) !== undefined) {
          return void withSession(wants, request, reply).then(() => done(), done)
        }
        const value = bearerOf(request)
        if (!apiKeyPattern.test(value)) throw guesses.refusal(request)
        const found = guesses.find(request, value)
        if (!(found instanceof Promise)) {
          if (found === undefined) throw guesses.refusal(request)
          const admitted = admit(wants, entryOfKey(value, found), request, reply)
          return admitted === undefined ? done() : void admitted.then(() => done(), done)
        }
        found
          .then((key) => {
            if (key === undefined) throw guesses.refusal(request)
            return admit(wants, entryOfKey(value, key), request, reply)
          })
          .then(() => done(), done)
      } catch (error) {
        done(error as Error)
      }
    }

  const entryOfKey = (value: string, key: KnownKey): Entry => ({
    ...{ actor: key.actor, projectSlug: key.projectSlug, quota: key.quota, admits: key.admits },
    ...{ id: key.actor.key.id, share: `key ${key.actor.key.id}` },
    admission: (address) => admitKey(keyring, value, key, address),
  })

  /** The dashboard's way to the same routes. */
  const withSession = async (wants: Wants, request: FastifyRequest, reply: FastifyReply): Promise<undefined> => {
    const held = await heldSession(core, request, true).catch((error) => {
      if (error instanceof Fault && error.code === 'authentication_error') throw guesses.refusal(request, error)
      throw error
    })
    const { row, actor, token, admits } = held
    request.actor = actor
    requireLogin(row)
    if (!isIdle(request)) await noteSeen(core, row)
    const admission = (address: string | undefined) => admitSession(core, token, held, address)
    const entry = { actor, projectSlug: row.project_slug, quota: null, admits, id: row.id, share: `session ${row.id}` }
    return admit(wants, { ...entry, admission }, request, reply)
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
      return auth === 'agent' ? withToken : withKey({ auth, owners: owners === true })
    },
  }
}
