// First boot: the join key buys an identity. Later boots: the identity is enough.
import { dirname } from 'node:path'
import { type Enrollment, enrollmentSchema, enrollText, reenrollText } from '@xerotier/protocol/api/enroll.ts'
import type { AgentRole } from '@xerotier/protocol/api/join-keys.ts'
import type { RotationUse } from '@xerotier/protocol/api/rotations.ts'
import { errorEnvelopeSchema } from '@xerotier/protocol/errors.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { ourVersions } from '@xerotier/protocol/wire.ts'
import type { Chance } from '@xerotier/runtime/chance.ts'
import type { Clock, Timer } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { readSecretFile, writeSecretFile } from '@xerotier/runtime/secret-file.ts'
import type { Credentials } from './credentials/credentials.ts'
import { type HttpAnswer, httpsRequest } from './http.ts'
import type { AgentKeys } from './keys.ts'

export interface EnrollOptions {
  clock: Clock
  /** Spreads a fleet that was started at once. */
  chance: Chance
  log: Log
  keys: AgentKeys
  /** The router's base URL, https; it may have a path, as behind a gateway. */
  routerUrl: string
  joinKey?: string | undefined
  registrationName: string
  role: AgentRole
  /** Accept http, and certificates that do not verify: development only. */
  allowInsecure: boolean
  /** Where the enrollment is kept, 0600. */
  enrollmentPath: string
  hostname: string
  version: string
}

/** The router refused, with its code. */
export class EnrollError extends Error {
  readonly code: string
  /** The router may answer otherwise later. */
  readonly retry: boolean
  /** Not before, ms. */
  readonly retryAfterMs: number
  constructor(code: string, message: string, retry: boolean, retryAfterMs = 0) {
    super(message)
    this.name = 'EnrollError'
    this.code = code
    this.retry = retry
    this.retryAfterMs = retryAfterMs
  }
}

interface Kept {
  /** Whose enrollment it is: other keys, another router or another name need a new one. */
  signing_public_key: string
  curve_public_key: string
  registration_name: string
  router_url: string
  enrollment: Enrollment
}

type WhoAsks = Pick<EnrollOptions, 'keys' | 'routerUrl' | 'registrationName' | 'enrollmentPath'>

/** The kept enrollment if it fits these keys and this router, else undefined. */
export function loadEnrollment(options: WhoAsks): Enrollment | undefined {
  const kept = readKept(options)
  return typeof kept === 'string' ? undefined : kept
}

/** The kept enrollment; why it cannot be used; or undefined when there is none. */
function readKept({ keys, routerUrl, registrationName, enrollmentPath }: WhoAsks): Enrollment | string | undefined {
  const text = readSecretFile(enrollmentPath)
  if (text === undefined) return undefined
  let kept: Kept
  try {
    kept = JSON.parse(text)
    kept.enrollment = enrollmentSchema.parse(kept.enrollment)
  } catch {
    return `${enrollmentPath} is damaged`
  }
  if (kept.registration_name !== registrationName)
    return `${enrollmentPath} is the enrollment of "${kept.registration_name}", and this agent is "${registrationName}"`
  if (kept.router_url !== routerUrl)
    return `${enrollmentPath} is the enrollment at ${kept.router_url}, and the router of this agent is ${routerUrl}`
  if (
    kept.signing_public_key !== keys.signing.publicKey.toString('hex') ||
    kept.curve_public_key !== keys.curve.publicKey
  )
    return `${enrollmentPath} is the enrollment of other keys than this agent has`
  return kept.enrollment
}

/**
 * The kept enrollment, or a new one bought with the join key. Retries while the router cannot be
 * reached, or the enrollment cannot be written.
 * @throws EnrollError when there is neither, or when the router refuses
 */
export async function ensureEnrolled(options: EnrollOptions): Promise<Enrollment> {
  const kept = readKept(options)
  if (typeof kept === 'object') return kept
  if (options.joinKey === undefined) {
    const why = kept === undefined ? '' : ` ${kept}. Undo that, or enroll it again with a new one.`
    throw new EnrollError('join_key_missing', `This agent is not enrolled and has no join key.${why}`, false)
  }
  if (kept !== undefined)
    options.log.warning({ reason: kept }, 'the kept enrollment does not serve; a new one is asked for')
  return enroll(options, options.joinKey)
}

const firstDelayMs = 500
/** The join key wants the approval of an operator. */
const pendingCode = 'enrollment_pending'

async function enroll(options: EnrollOptions, joinKey: string): Promise<Enrollment> {
  const { keys, log } = options
  const body = {
    join_key: joinKey,
    registration_name: options.registrationName,
    role: options.role,
    signing_public_key: keys.signing.publicKey.toString('hex'),
    curve_public_key: keys.curve.publicKey,
    hostname: options.hostname,
    version: options.version,
  }
  const proof = keys.signing.sign(Buffer.from(enrollText(body))).toString('hex')
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, 30_000)) {
    try {
      const answer = await httpsRequest({
        method: 'POST',
        url: urlOf(options.routerUrl, '/v1/enroll'),
        allowInsecure: options.allowInsecure,
        body: { ...body, proof },
        headers: { 'x-wire-versions': `${ourVersions.oldest}-${ourVersions.newest}` },
      })
      const enrollment = accepted(answer)
      keepEnrollment(options, enrollment)
      log.notice(
        { agent_id: enrollment.agent_id, project_id: enrollment.project_id, router: enrollment.router.address },
        'enrolled',
      )
      return enrollment
    } catch (error) {
      if (error instanceof EnrollError && !error.retry) throw error
      // The router, the way to it, or the disk that the enrollment is kept on: the reason says
      // which.
      const asked = error instanceof EnrollError ? error.retryAfterMs : 0
      const pending = error instanceof EnrollError && error.code === pendingCode
      // An operator decides in their own time, and then waits for this agent.
      if (pending) delay = firstDelayMs
      const waits = Math.round(asked + delay * (0.5 + options.chance()))
      if (pending) {
        log.notice(
          { key_id: keys.signing.keyId, name: body.registration_name, retry_in_ms: waits },
          'an operator must approve this agent: xeroctl agents candidates',
        )
      } else {
        log.warning(
          { reason: messageOf(error), retry_in_ms: waits },
          'this agent could not be enrolled; it is tried again',
        )
      }
      await new Promise<void>((resolve) => {
        // This wait is all that a booting agent does, so unlike other timers it keeps the process
        // alive.
        const keepAlive = setInterval(() => {}, 1 << 30)
        options.clock.after(waits, () => {
          clearInterval(keepAlive)
          resolve()
        })
      })
    }
  }
}

export interface KeepingEnrolled extends Timer {
  /** Asks at once, also where to dial. */
  renewNow(): void
}

/**
 * Renews the bearer token at about half of its life, for as long as the agent runs. A disk that
 * takes nothing stops neither.
 */
export function keepEnrolled(
  options: EnrollOptions,
  first: Enrollment,
  credentials: Pick<Credentials, 'keys' | 'renewed'> = { keys: options.keys, renewed: (renewed) => renewed },
): KeepingEnrolled {
  let timer: Timer
  let saving: Timer | undefined
  let cancelled = false
  let current = first
  let asking: Promise<void> | undefined
  const schedule = () => {
    if (cancelled) return
    const left = Date.parse(current.token_expires_at) - options.clock.now()
    // Those who came at the same time do not all come again at the same time.
    const part = 0.4 + 0.2 * options.chance()
    timer = options.clock.after(Math.max(left * part, shortestRefreshMs), () => void ask())
  }
  const ask = (): Promise<void> => {
    asking ??= refresh({ ...options, keys: credentials.keys }, current)
      .then(renewed, (error) =>
        options.log.warning(
          { reason: messageOf(error) },
          'the token of this agent could not be renewed; it is tried again',
        ),
      )
      .finally(() => {
        asking = undefined
        schedule()
      })
    return asking
  }
  const save = (enrollment: Enrollment) => {
    try {
      keepEnrollment({ ...options, keys: credentials.keys }, enrollment)
    } catch (error) {
      // The token in memory is good, and the older one on disk is good for a start: the calls in
      // flight need neither.
      options.log.error({ error, retry_in_ms: saveAgainMs }, 'the renewed enrollment cannot be written to disk')
      saving = options.clock.after(saveAgainMs, () => save(enrollment))
    }
  }
  const renewed = (answer: Enrollment) => {
    saving?.cancel()
    current = credentials.renewed(answer, current)
    // An answer that comes after a revocation must not put back the enrollment that was put aside.
    if (!cancelled) save(current)
  }
  schedule()
  return {
    renewNow() {
      if (cancelled) return
      timer.cancel()
      void ask()
    },
    cancel() {
      cancelled = true
      timer.cancel()
      saving?.cancel()
    },
  }
}

const shortestRefreshMs = 60_000
const saveAgainMs = 60_000

async function refresh(options: EnrollOptions, current: Enrollment): Promise<Enrollment> {
  const { allowInsecure, routerUrl } = options
  const post = (path: string, more: { token?: string; body?: unknown }) =>
    httpsRequest({ method: 'POST', url: urlOf(routerUrl, path), allowInsecure, ...more })
  let answer = await post('/v1/enroll/refresh', { token: current.token })
  // Away for longer than a token lives, or than the key counts that it was given for: the identity
  // is still good.
  if (answer.status === 401) {
    const who = { agent_id: current.agent_id, at: options.clock.now() }
    const proof = options.keys.signing.sign(Buffer.from(reenrollText(who))).toString('hex')
    answer = await post('/v1/enroll/again', { body: { ...who, proof } })
  }
  return accepted(answer)
}

/** Below the path of the base URL: `new URL('/v1/…', base)` would drop it. */
function urlOf(routerUrl: string, path: string): URL {
  return new URL(`${routerUrl.replace(/\/+$/, '')}${path}`)
}

function accepted(answer: HttpAnswer): Enrollment {
  if (answer.status === 200) return enrollmentSchema.parse(answer.body)
  const envelope = errorEnvelopeSchema.safeParse(answer.body)
  if (!envelope.success)
    throw new EnrollError(
      'http_error',
      `the router answered ${answer.status}`,
      answer.status >= 500,
      answer.retryAfterMs,
    )
  const { code, message } = envelope.data.error
  throw new EnrollError(
    code ?? 'http_error',
    message,
    answer.status === 429 || answer.status >= 500 || code === pendingCode,
    answer.retryAfterMs,
  )
}

/** The public keys that the kept enrollment is of; without those when there is none. */
export function keptKeys(enrollmentPath: string): Partial<Record<RotationUse, string>> {
  try {
    const { curve_public_key: curve, signing_public_key: signing }: Partial<Kept> = JSON.parse(
      readSecretFile(enrollmentPath) ?? '{}',
    )
    return { ...(curve === undefined ? {} : { curve }), ...(signing === undefined ? {} : { signing }) }
  } catch {
    return {}
  }
}

export function keepEnrollment(
  options: Pick<EnrollOptions, 'keys' | 'registrationName' | 'routerUrl' | 'enrollmentPath'>,
  enrollment: Enrollment,
): void {
  const kept: Kept = {
    signing_public_key: options.keys.signing.publicKey.toString('hex'),
    curve_public_key: options.keys.curve.publicKey,
    registration_name: options.registrationName,
    router_url: options.routerUrl,
    enrollment,
  }
  makeFolder(dirname(options.enrollmentPath), 0o700)
  writeSecretFile(options.enrollmentPath, `${JSON.stringify(kept, null, 2)}\n`)
}
