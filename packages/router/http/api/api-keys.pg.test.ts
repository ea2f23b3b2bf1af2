import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addressCheck } from '../../domain/api-keys/keyring.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

const keys = '/acme/v1/management/api-keys'
const create = async (body: Record<string, unknown> = {}) => {
  const answer = await router.call('POST', keys, { body: { name: 'test', scopes: ['management'], ...body } })
  assert.equal(answer.status, 201)
  return answer.body as { id: string; key: string; prefix: string }
}
const ask = async (key: string, headers: Record<string, string> = {}) => {
  const { status, body, headers: answered } = await router.call('GET', '/acme/v1/management/project', { key, headers })
  return { status, code: body.error?.code as string | undefined, error: body.error, headers: answered }
}

describe('an API key', () => {
  test('is shown once and stored as a digest', async () => {
    const { id, key, prefix } = await create()
    assert.match(key, /^xero_acme_[A-Za-z0-9_-]{43}$/)
    assert.ok(key.startsWith(prefix) && prefix.length < 20)
    assert.equal((await router.call('GET', `${keys}/${id}`)).body.key, undefined)
    const dump = JSON.stringify((await router.core.store.pool.query('select * from api_keys, events')).rows)
    assert.ok(!dump.includes(key.slice('xero_acme_'.length + 6)))
  })

  test('works until it expires', async () => {
    const { key } = await create({ expires_at: new Date(router.clock.now() + 60_000).toISOString() })
    assert.equal((await ask(key)).status, 200)
    router.clock.shift(61_000)
    assert.deepEqual((await ask(key)).code, 'authentication_error')
  })

  test('cannot be made to have expired', async () => {
    const body = { name: 'x', scopes: ['management'], expires_at: '2020-01-01T00:00:00Z' }
    const answer = await router.call('POST', keys, { body })
    assert.deepEqual([answer.status, answer.body.error.param], [400, 'expires_at'])
  })

  test('stops at once when it is revoked, although it is remembered', async () => {
    const { id, key } = await create()
    assert.equal((await ask(key)).status, 200)
    const revoked = await router.call('DELETE', `${keys}/${id}`)
    assert.deepEqual([revoked.body.is_active, typeof revoked.body.revoked_at], [false, 'string'])
    assert.equal((await ask(key)).code, 'authentication_error')
  })

  test('stops within seconds when another router revokes it', async () => {
    const { id, key } = await create()
    assert.equal((await ask(key)).status, 200)
    await router.core.store.db.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', id).execute()
    router.clock.shift(5000)
    assert.equal((await ask(key)).code, 'authentication_error')
  })

  test('is rotated with a day of grace for the value before', async () => {
    const { id, key: first } = await create()
    const rotated = (await router.call('POST', `${keys}/${id}/rotate`)).body
    assert.notEqual(rotated.key, first)
    assert.ok(rotated.grace_until)
    assert.deepEqual([(await ask(first)).status, (await ask(rotated.key)).status], [200, 200])
    router.clock.shift(24 * 3_600_000 - 10_000)
    assert.equal((await ask(first)).status, 200)
    router.clock.shift(20_000)
    assert.deepEqual([(await ask(first)).status, (await ask(rotated.key)).status], [401, 200])
    assert.equal((await router.call('GET', `${keys}/${id}`)).body.grace_until, null)
  })

  test('has two working values at most', async () => {
    const { id, key: first } = await create()
    const second = (await router.call('POST', `${keys}/${id}/rotate`)).body.key
    const third = (await router.call('POST', `${keys}/${id}/rotate`)).body.key
    const statuses = [(await ask(first)).status, (await ask(second)).status, (await ask(third)).status]
    assert.deepEqual(statuses, [401, 200, 200])
  })

  test('that is revoked cannot be rotated', async () => {
    const { id } = await create()
    await router.call('DELETE', `${keys}/${id}`)
    const answer = await router.call('POST', `${keys}/${id}/rotate`)
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'illegal_transition'])
  })

  test('notes when it was used, off the path of the request', async () => {
    const { id, key } = await create()
    await ask(key)
    let used: string | null = null
    while (used === null) used = (await router.call('GET', `${keys}/${id}`)).body.last_used_at
    assert.ok(Math.abs(Date.parse(used) - router.clock.now()) < 10_000)
  })
})

describe('the quota of a key', () => {
  test('is enforced, with how long to wait', async () => {
    const { key } = await create({ quota: { requests: 3, window_seconds: 60 } })
    const answers = []
    for (let n = 0; n < 4; n++) answers.push(await ask(key))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200, 429],
    )
    assert.deepEqual(
      answers.map((answer) => answer.headers.get('x-ratelimit-remaining')),
      ['2', '1', '0', '0'],
    )
    const { error, headers } = answers[3]!
    assert.equal(headers.get('x-ratelimit-limit'), '3')
    assert.equal(headers.get('retry-after'), String(error.retry_after))
    assert.ok(error.retry_after > 0 && error.retry_after <= 61)
    assert.equal(error.retry_strategy.type, 'exponential_backoff')
    router.clock.shift(error.retry_after * 1000)
    assert.equal((await ask(key)).status, 200)
  })

  test('can be replaced and removed', async () => {
    const { id, key } = await create({ quota: { requests: 1, window_seconds: 60 } })
    await ask(key)
    assert.equal((await ask(key)).status, 429)
    const put = (body: unknown) => router.call('PUT', `${keys}/${id}/quota`, { body })
    assert.deepEqual((await put({ requests: 5, window_seconds: 60 })).body.quota, { requests: 5, window_seconds: 60 })
    assert.equal((await ask(key)).status, 200)
    assert.equal((await put('null')).body.quota, null)
    assert.equal((await put({ requests: 0, window_seconds: 60 })).body.error.param, 'requests')
  })

  test('is no longer than the limit that every key has', async () => {
    const tight = await startApiForTests({ requestsPerMinutePerKey: 2 })
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push((await tight.call('GET', '/acme/v1/workspaces')).status)
    await tight.stop()
    assert.deepEqual(statuses, [200, 200, 429])
  })
})

describe('the IP filter of a key', () => {
  test('lets in what is allowed, unless it is blocked', async () => {
    const { id, key } = await create({ ip_filter: { allow: ['10.0.0.0/8'] } })
    assert.deepEqual([(await ask(key)).status, (await ask(key)).code], [403, 'ip_not_allowed'])
    const put = (body: unknown) => router.call('PUT', `${keys}/${id}/ip-filter`, { body })
    await put({ allow: ['127.0.0.0/8', '::1'] })
    assert.equal((await ask(key)).status, 200)
    await put({ allow: ['127.0.0.0/8'], block: ['127.0.0.1'] })
    assert.equal((await ask(key)).code, 'ip_not_allowed')
    await put('null')
    assert.equal((await ask(key)).status, 200)
    assert.equal((await put({ allow: ['localhost'] })).body.error.param, 'allow.0')
    assert.equal((await router.call('PUT', `${keys}/${id}/ip-filter`)).status, 400)
  })

  test('does not believe X-Forwarded-For, unless it comes from a trusted proxy', async () => {
    const { key } = await create({ ip_filter: { allow: ['10.0.0.0/8'] } })
    assert.equal((await ask(key, { 'x-forwarded-for': '10.1.2.3' })).code, 'ip_not_allowed')
    const behind = await startApiForTests({ trustedProxies: ['127.0.0.1'] })
    const made = await behind.makeKey({})
    await behind.call('PUT', `${keys}/${made.id}/ip-filter`, { body: { allow: ['10.0.0.0/8'] } })
    const from = async (address: string) =>
      (await behind.call('GET', '/acme/v1/workspaces', { key: made.key, headers: { 'x-forwarded-for': address } }))
        .status
    assert.deepEqual([await from('10.1.2.3'), await from('11.1.2.3')], [200, 403])
    assert.deepEqual([await from('10.1.2.3:5678'), await from('[::ffff:10.1.2.3]:80')], [200, 200])
    await behind.call('PUT', `${keys}/${made.id}/ip-filter`, { body: { block: ['10.0.0.0/8'] } })
    for (const blocked of ['10.1.2.3', '10.1.2.3:5678', 'unknown']) assert.equal(await from(blocked), 403, blocked)
    assert.equal(await from('11.1.2.3:5678'), 200)
    await behind.stop()
  })

  test('knows IPv6, and admits nobody whose address is not known', () => {
    const check = addressCheck({ allow: ['2001:db8::/32', '192.0.2.1'], block: ['2001:db8::bad'] })
    assert.deepEqual(['2001:db8::1', '2001:db8::bad', '2001:db9::1', '192.0.2.1', '192.0.2.2', undefined].map(check), [
      true,
      false,
      false,
      true,
      false,
      false,
    ])
  })
})

test('a misspelled restriction makes no key without it', async () => {
  for (const [body, param] of [
    [{ ip_filter: { allowed: ['10.0.0.0/8'] } }, 'ip_filter.allowed'],
    [{ quota: { requests: 1, window_seconds: 60, burst: 2 } }, 'quota.burst'],
  ] as const) {
    const { status, body: answer } = await router.call('POST', keys, {
      body: { name: 'x', scopes: ['execution'], ...body },
    })
    assert.deepEqual([status, answer.error.code, answer.error.param], [400, 'invalid_body', param])
  }
})

test('an address that guesses is slowed down, and valid credentials from there pass', async (t) => {
  const guarded = await startApiForTests({ failedAuthenticationsPerMinute: 5 })
  t.after(() => guarded.stop())
  const statusOf = async (key: string) => (await guarded.call('GET', '/acme/v1/workspaces', { key })).status
  const refresh = async (key: string) => (await guarded.call('POST', '/v1/enroll/refresh', { key })).status
  const guess = (n: number) => statusOf(`xero_acme_${String(n).padStart(43, '0')}`)
  const statuses = []
  for (let n = 0; n < 7; n++) statuses.push(await guess(n))
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
  assert.equal(await refresh('none'), 429)
  // Nobody has used any of these here before.
  const fresh = (await guarded.makeKey({})).key
  const { token } = await guarded.makeAgent()
  const together = await Promise.all([guess(8), statusOf(fresh), guess(9), statusOf(guarded.key), refresh(token)])
  assert.deepEqual(together, [429, 200, 429, 200, 200])
  guarded.clock.shift(62_000)
  assert.equal(await guess(10), 401)
})
