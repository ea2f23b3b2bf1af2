// Who asks: API key, scopes, project, address, quota, in this order, before anything else looks at a request (law L4).
// A key that was seen lately costs no await.
import { Fault } from '@xerotier/protocol/errors.ts'
import { apiKeyPattern } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Route } from '@xerotier/protocol/route.ts'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Core } from '../../core.ts'
import { type KeyActor, may } from '../../domain/actor.ts'
import { admitKey } from '../../domain/api-keys/admit.ts'
import type { KnownKey } from '../../domain/api-keys/keyring.ts'
import { createUsageRecord } from '../../domain/api-keys/usage.ts'
import { agentOfToken } from '../../domain/enrollment/agent-token.ts'
import { isId } from '../../domain/ids.ts'
import { perProject } from '../../domain/per-project.ts'
import { createWindow, type Window } from '../../domain/window.ts'
import { bearerOf } from '../bearer.ts'
import { callerAddress } from '../caller-address.ts'

const rememberedWindows = 10_000
const minuteMs = 60_000

export interface AuthenticationOptions {
  requestsPerMinutePerKey: number
  failedAuthenticationsPerMinute: number
}

export interface Authentication {
  /** The hook of one route; undefined for a public one. */
  hookFor(definition: Route): onRequestHookHandler | undefined
}

export function createAuthentication(core: Core, options: Partial<AuthenticationOptions>): Authentication {
  const {
    requestsPerMinutePerKey = limits.requestsPerMinutePerKey,
    failedAuthenticationsPerMinute = limits.failedAuthenticationsPerMinute,
  } = options
  const { clock, keyring } = core
  const projects = perProject(() => ({ quotas: new Map<string, Window>(), rates: new Map<string, Window>() }))
  const failures = new Map<string, Window>()
  const usage = createUsageRecord(core)

  const windowOf = (windows: Map<string, Window>, name: string, requests: number, windowMs: number) => {
    const known = windows.get(name)
    if (known !== undefined && known.requests === requests && known.windowMs === windowMs) return known
    if (windows.size >= rememberedWindows) windows.delete(windows.keys().next().value!)
    const fresh = createWindow(requests, windowMs)
    windows.set(name, fresh)
    return fresh
  }
  /** Whose guesses are counted together. */
  const sourceOf = (request: FastifyRequest) => callerAddress(request.ip) ?? 'unknown'
  /** What a credential that is none gets. A valid one is never refused for others from its address: many callers may share it. */
  const failed = (request: FastifyRequest, fault = new Fault('authentication_error')) => {
    const window = windowOf(failures, sourceOf(request), failedAuthenticationsPerMinute, minuteMs)
    const waitMs = window.take(clock.monotonic())
    if (waitMs === 0) return fault
    return new Fault('rate_limit_exceeded', {
      message: 'Too many failed authentications from this address.',
      retryAfter: Math.ceil(waitMs / 1000),
    })
  }
  /** Values that addresses at that limit may be guessing are looked up one by one: together they hold one connection to the database. */
  const find = (request: FastifyRequest, value: string) => {
    if (failures.get(sourceOf(request))?.full(clock.monotonic()) !== true || keyring.knew(value))
      return keyring.find(value)
    const found = lastLookup.then(() => keyring.find(value))
    lastLookup = found.catch(() => {})
    return found
  }
  let lastLookup: Promise<unknown> = Promise.resolve()
  const count = (key: KnownKey, reply: FastifyReply) => {
    const { id: keyId, projectId } = key.actor
    const { quotas, rates } = projects.of(projectId)
    const windows = [windowOf(rates, keyId, requestsPerMinutePerKey, minuteMs)]
    if (key.quota !== null) {
      windows.unshift(windowOf(quotas, keyId, key.quota.requests, key.quota.window_seconds * 1000))
    }
    const told = windows[0]!
    reply.header('x-ratelimit-limit', told.requests)
    for (const window of windows) {
      const waitMs = window.take(clock.monotonic())
      if (waitMs === 0) continue
      reply.header('x-ratelimit-remaining', 0)
      throw new Fault('rate_limit_exceeded', { retryAfter: Math.ceil(waitMs / 1000) })
    }
    reply.header('x-ratelimit-remaining', told.remaining())
  }

  /** At once, unless the path names the project by a workspace that nobody asked for lately. */
  const admit = (
    definition: Route,
    value: string,
    key: KnownKey,
    request: FastifyRequest,
    reply: FastifyReply,
  ): undefined | Promise<undefined> => {
    const { actor } = key
    const missing = Array.isArray(definition.auth) ? definition.auth.find((scope) => !may(actor, scope)) : undefined
    if (missing !== undefined) {
      throw new Fault('scope_insufficient', { message: `The API key lacks the scope \`${missing}\`.` })
    }
    const { project_id: project } = request.params as { project_id?: string }
    const own = project === undefined || project === actor.projectId || project === key.projectSlug
    if (!own && !isId('ws', project)) throw new Fault('cross_project_access')
    const address = callerAddress(request.ip)
    if (!key.admits(address)) throw new Fault('ip_not_allowed')
    count(key, reply)
    usage.used(actor.id)
    request.actor = actor
    request.admission = admitKey(keyring, value, key, address)
    return own ? undefined : ownWorkspace(actor, project)
  }
  /** A workspace names the project that it belongs to. One of another project is refused like one that nobody has. */
  const ownWorkspace = (actor: KeyActor, id: string): undefined | Promise<undefined> => {
    const check = (row: object | undefined) => {
      if (row === undefined) throw new Fault('cross_project_access')
      return undefined
    }
    const found = core.workspaces.find(actor.projectId, id)
    return found instanceof Promise ? found.then(check) : check(found)
  }

  const withKey =
    (definition: Route): onRequestHookHandler =>
    (request, reply, done) => {
      try {
        const value = bearerOf(request)
        if (!apiKeyPattern.test(value)) throw failed(request)
        const found = find(request, value)
        if (!(found instanceof Promise)) {
          if (found === undefined) throw failed(request)
          const admitted = admit(definition, value, found, request, reply)
          return admitted === undefined ? done() : void admitted.then(() => done(), done)
        }
        found
          .then((key) => {
            if (key === undefined) throw failed(request)
            return admit(definition, value, key, request, reply)
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
        throw failed(request, error)
      }
    }
    work().then(() => done(), done)
  }

  return {
    hookFor(definition) {
      if (definition.auth === 'public') return undefined
      return definition.auth === 'agent' ? withToken : withKey(definition)
    },
  }
}
