// A router of the test's own, and what tests of the API do over and over: raw requests, rows behind
// its back.
import { type PersonForTests, personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ShiftedClock, shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import { newSigningKey } from '@xerotier/runtime/ed25519.ts'
import type { Insertable } from 'kysely'
import type { Core } from '../core.ts'
import { serviceKeyActor } from '../domain/actor.ts'
import { newApiKeyValue } from '../domain/api-keys/value.ts'
import { mintAgentToken } from '../domain/enrollment/agent-token.ts'
import { write } from '../domain/events/write.ts'
import { newId, newUuid } from '../domain/ids.ts'
import type { RouterOptions } from '../router.ts'
import type { Tables } from '../store/tables.ts'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any
  headers: Headers
}

export interface ApiForTests {
  url: string
  core: Core
  clock: ShiftedClock
  /** The bootstrap key of the project `acme`, with every scope. */
  key: string
  projectId: string
  call(
    method: string,
    path: string,
    options?: { key?: string | null; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
  /** A key made behind the API's back, so that it can be of any project and any age. */
  makeKey(options: {
    projectId?: string
    slug?: string
    scopes?: readonly Scope[]
    expiresAt?: Date
  }): Promise<{ id: string; key: string }>
  /** Somebody of the project, with a key of theirs. */
  makePerson(
    name: string,
    options?: Parameters<typeof personForTests>[3] & { projectId?: string },
  ): Promise<PersonForTests>
  /** An enrolled agent that never connected, with its token. */
  makeAgent(): Promise<{ id: string; token: string }>
  /** Who waits for an operator before its join key lets it in. */
  storeCandidate(): Promise<string>
  /** Somebody who is logged in. */
  storeSession(userId: string): Promise<string>
  /** Another project, with a key of every scope. */
  makeProject(slug: string): Promise<{ projectId: string; key: string }>
  /** An execution as if it had been submitted, with the event of its state. */
  storeExecution(changes: Partial<NewExecution> & { workspace_id: string }): Promise<string>
  stop(): Promise<void>
}

type NewExecution = Insertable<Tables['executions']>

/** Stop it in the file's `after`. */
export async function startApiForTests(http: Partial<RouterOptions['http']> = {}): Promise<ApiForTests> {
  const clock = shiftedClock()
  const slug = 'acme'
  const { router, apiKey, projectId, stop } = await startRouterForTests({
    clock,
    slug,
    http: { failedAuthenticationsPerMinute: 1_000_000, ...http },
  })
  const { core, url } = router
  const { db } = core.store
  const everyScope: Scope[] = ['inference', 'execution', 'management']

  const tested: ApiForTests = {
    url,
    core,
    clock,
    key: apiKey,
    projectId,
    stop,
    async call(method, path, options = {}) {
      const headers = new Headers(options.headers)
      const credential = options.key === undefined ? apiKey : options.key
      if (credential !== null && !headers.has('authorization')) headers.set('authorization', `Bearer ${credential}`)
      const { body } = options
      if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      const response = await fetch(url + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const json = response.headers.get('content-type')?.startsWith('application/json') === true
      return { status: response.status, body: json && text !== '' ? JSON.parse(text) : text, headers: response.headers }
    },
    async makeKey({ projectId: owner = projectId, slug: of = slug, scopes = everyScope, expiresAt }) {
      const secret = newApiKeyValue(of)
      const id = newId('key', clock.now())
      await db
        .insertInto('api_keys')
        .values({
          id,
          project_id: owner,
          name: 'test',
          prefix: secret.prefix,
          hash: secret.hash,
          scopes: [...scopes],
          created_at: new Date(clock.now()),
          expires_at: expiresAt ?? null,
        })
        .execute()
      return { id, key: secret.value }
    },
    makePerson: (name, { projectId: of = projectId, ...options } = {}) => personForTests(core, of, name, options),
    async makeAgent() {
      const id = newId('agt', clock.now())
      const { publicKey } = newSigningKey()
      await db
        .insertInto('agents')
        .values({
          id,
          project_id: projectId,
          name: id.replaceAll('_', '-'),
          role: 'xem',
          region: 'eu',
          state: 'pending',
          signing_public_key: publicKey,
          curve_public_key: publicKey.toString('hex').slice(0, 40),
          enrolled_at: new Date(clock.now()),
        })
        .execute()
      const { token } = await mintAgentToken(core, { id, project_id: projectId, signing_public_key: publicKey })
      return { id, token }
    },
    async storeCandidate() {
      const body = { name: 'candidate', region: 'eu', require_approval: true }
      const { id: join_key_id } = (await tested.call('POST', `/${slug}/v1/management/join-keys`, { body })).body
      const id = newId('cand', clock.now())
      const { publicKey: signing_public_key } = newSigningKey()
      const said = { name: 'candidate', hostname: 'host', version: '0', curve_public_key: 'c'.repeat(40) }
      const about = { id, project_id: projectId, join_key_id, signing_public_key, state: 'pending' as const }
      await db
        .insertInto('candidates')
        .values({ ...said, ...about, requested_at: new Date(clock.now()) })
        .execute()
      return id
    },
    async storeSession(user_id) {
      const [id, at] = [newId('ses', clock.now()), new Date(clock.now())]
      const times = { created_at: at, seen_at: at, expires_at: new Date(at.getTime() + 3_600_000) }
      const of = { user_id, project_id: projectId, key_id: null, address: '127.0.0.1', browser: 'x' }
      await db
        .insertInto('sessions')
        .values({ id, ...of, token_hash: Buffer.alloc(32), ...times })
        .execute()
      return id
    },
    async makeProject(slug) {
      const id = newId('proj', clock.now())
      const created_at = new Date(clock.now())
      await db.insertInto('projects').values({ id, slug, name: slug, allow_self_approval: false, created_at }).execute()
      return { projectId: id, key: (await tested.makeKey({ projectId: id, slug })).key }
    },
    async storeExecution(changes) {
      const now = new Date(clock.now())
      const row: NewExecution = {
        id: newUuid(now.getTime()),
        project_id: projectId,
        tool: 'host_uptime',
        risk: 'read',
        at_most_once: false,
        state: 'queued',
        args: '{}',
        schema_digest: '0'.repeat(64),
        digest: '0'.repeat(64),
        policy_version: 1,
        credentials_ref: null,
        attempt: 1,
        lease_epoch: 1,
        requested_by: 'key_test',
        request_id: 'request-1',
        timeout_ms: 1000,
        created_at: now,
        ...changes,
      }
      await write(core, async ({ tx, append }) => {
        await tx.insertInto('executions').values(row).execute()
        append({
          project_id: row.project_id,
          kind: `execution.${row.state}`,
          actor: serviceKeyActor(
            { id: row.requested_by, name: 'test' },
            { projectId: row.project_id, door: 'api', scopes: everyScope, workspaces: null },
          ),
          execution_id: row.id,
        })
      })
      return row.id
    },
  }
  return tested
}
