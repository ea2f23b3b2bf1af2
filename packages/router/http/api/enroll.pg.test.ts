import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { enrollText, reenrollText } from '@xerotier/protocol/api/enroll.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { newSigningKey, type SigningKey } from '@xerotier/runtime/ed25519.ts'
import { signToken } from '../../domain/signed-token.ts'
import { type Answer, type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

interface Host {
  signing: SigningKey
  curve: string
}
const newHost = (): Host => ({ signing: newSigningKey(), curve: curveKeysFromSecret(randomBytes(32)).publicKey })

const mint = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> => {
  const answer = await router.call('POST', '/acme/v1/management/join-keys', {
    body: { name: 'minted', region: 'eu-1', ...body },
  })
  assert.equal(answer.status, 201)
  return answer.body
}

let names = 0
const freshName = () => `host-${++names}`

const enroll = (
  key: string,
  host: Host,
  changes: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const body = {
    join_key: key,
    registration_name: freshName(),
    role: 'xem',
    signing_public_key: host.signing.publicKey.toString('hex'),
    curve_public_key: host.curve,
    hostname: 'box',
    version: '1.0',
    ...changes,
  }
  const proof = host.signing.sign(Buffer.from(enrollText(body))).toString('hex')
  return router.call('POST', '/v1/enroll', { key: null, body: { proof, ...body }, headers })
}
const refused = (answer: Answer, status: number, code: string, param?: string) => {
  assert.deepEqual([answer.status, answer.body.error?.code], [status, code])
  if (param !== undefined) assert.equal(answer.body.error.param, param)
}

describe('a join key', () => {
  test('enrolls an agent, which is pending until it connects', async () => {
    const { id, key } = await mint()
    const host = newHost()
    const { status, body } = await enroll(key, host, { registration_name: 'jumphost' })
    assert.equal(status, 200)
    assert.equal(body.name, 'jumphost')
    assert.equal(body.region, 'eu-1')
    assert.equal(body.router.curve_public_key, router.core.serverKeys.current.publicKey)
    const agent = (await router.call('GET', `/acme/v1/management/agents/jumphost`)).body
    assert.deepEqual([agent.id, agent.state, agent.health], [body.agent_id, 'pending', 'pending'])
    const joinKey = (await router.call('GET', `/acme/v1/management/join-keys/${id}`)).body
    assert.deepEqual([joinKey.state, joinKey.consumed_by], ['consumed', body.agent_id])
    assert.equal(router.core.enrolledKeys.get(host.curve)?.agentId, body.agent_id)
    const events = (await router.call('GET', '/acme/v1/management/agents/jumphost/events')).body
    assert.deepEqual(
      events.data.map((event: { kind: string }) => event.kind),
      ['agent.enrolled'],
    )
  })

  test('carries what the agent needs, and is stored nowhere', async () => {
    const { id, key } = await mint({ router_addr: 'tcp://router.example:5555' })
    assert.ok(key.startsWith('xjk_'))
    const claims = JSON.parse(Buffer.from(key.split('.')[1]!, 'base64url').toString())
    assert.deepEqual(
      [claims.jti, claims.project, claims.role, claims.name, claims.region, claims.router_addr, claims.curve],
      [
        id,
        router.projectId,
        'xem',
        'minted',
        'eu-1',
        'tcp://router.example:5555',
        router.core.serverKeys.current.publicKey,
      ],
    )
    const list = JSON.stringify((await router.call('GET', '/acme/v1/management/join-keys')).body)
    assert.ok(!list.includes(key) && !list.includes('xjk_'))
    const rows = JSON.stringify(await router.core.store.db.selectFrom('join_keys').selectAll().execute())
    assert.ok(!rows.includes(key.slice(-40)))
  })

  test('is consumed once: the same identity may come again, another may not', async () => {
    const { key } = await mint()
    const host = newHost()
    const first = await enroll(key, host, { registration_name: 'steady' })
    const again = await enroll(key, { ...host, curve: newHost().curve }, { registration_name: 'steady' })
    assert.deepEqual([again.status, again.body.agent_id], [200, first.body.agent_id])
    assert.equal(router.core.enrolledKeys.get(host.curve), undefined)
    refused(await enroll(key, newHost()), 401, 'join_key_consumed', 'join_key')
    refused(await enroll(key, host, { registration_name: 'other' }), 401, 'join_key_consumed', 'registration_name')
  })

  test('is consumed by exactly one of many who come at once', async () => {
    const { key } = await mint()
    const answers = await Promise.all(Array.from({ length: 12 }, () => enroll(key, newHost())))
    const codes = answers.map((answer) => (answer.status === 200 ? 'enrolled' : answer.body.error.code)).sort()
    assert.deepEqual(codes, ['enrolled', ...Array(11).fill('join_key_consumed')])
  })

  test('expires', async () => {
    const { id, key } = await mint({ expires_in_hours: 0.5 })
    router.clock.shift(31 * 60_000)
    refused(await enroll(key, newHost()), 401, 'join_key_expired')
    assert.equal((await router.call('GET', `/acme/v1/management/join-keys/${id}`)).body.state, 'expired')
    refused(await router.call('DELETE', `/acme/v1/management/join-keys/${id}`), 409, 'illegal_transition')
  })

  test('can be revoked while it is unused', async () => {
    const { id, key } = await mint()
    assert.equal((await router.call('DELETE', `/acme/v1/management/join-keys/${id}`)).body.state, 'revoked')
    refused(await enroll(key, newHost()), 401, 'join_key_revoked')
    const used = await mint()
    await enroll(used.key, newHost())
    refused(await router.call('DELETE', `/acme/v1/management/join-keys/${used.id}`), 409, 'illegal_transition')
  })

  test('is refused when it is forged, mangled or signed for another use', async () => {
    const { id, key } = await mint()
    const mangled = `${key.slice(0, -8)}AAAAAAAA`
    refused(await enroll(mangled, newHost()), 400, 'join_key_invalid', 'join_key')
    refused(await enroll('xjk_nonsense', newHost()), 400, 'join_key_invalid')
    const times = { issuedAt: new Date(), expiresAt: new Date(router.clock.now() + 3_600_000) }
    const claims = { jti: id, project: router.projectId, role: 'xem' }
    const foreign = await signToken(
      { identity: { ...router.core.identity, signing: newSigningKey() } },
      'xem-join-key',
      claims,
      times,
    )
    refused(await enroll(`xjk_${foreign}`, newHost()), 400, 'join_key_invalid')
    const token = await signToken(router.core, 'xem-agent', claims, times)
    refused(await enroll(`xjk_${token}`, newHost()), 400, 'join_key_invalid')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    refused(await enroll(`xjk_${header}.${key.split('.')[1]}.AA`, newHost()), 400, 'join_key_invalid')
    const unknown = await signToken(router.core, 'xem-join-key', { ...claims, jti: 'jk_unknown' }, times)
    refused(await enroll(`xjk_${unknown}`, newHost()), 400, 'join_key_invalid')
    assert.equal((await enroll(key, newHost())).status, 200)
  })

  test('is for one role', async () => {
    const { key } = await mint({ role: 'xim' })
    refused(await enroll(key, newHost()), 403, 'join_key_wrong_role', 'role')
  })
})

describe('an enrollment', () => {
  test('proves that it holds the signing key', async () => {
    const { key } = await mint()
    refused(await enroll(key, newHost(), { proof: 'ab'.repeat(64) }), 400, 'join_key_invalid', 'proof')
    const stolen = newHost().signing.publicKey.toString('hex')
    refused(await enroll(key, newHost(), { signing_public_key: stolen }), 400, 'join_key_invalid', 'proof')
  })

  test('cannot take the name or the CURVE key of another agent', async () => {
    const owner = newHost()
    await enroll((await mint()).key, owner, { registration_name: 'owned' })
    const taken = await enroll((await mint()).key, newHost(), { registration_name: 'owned' })
    refused(taken, 409, 'name_taken', 'registration_name')
    const copied = await enroll((await mint()).key, { signing: newSigningKey(), curve: owner.curve })
    refused(copied, 409, 'name_taken', 'curve_public_key')
  })

  test('of two agents with one name at once, one gets it', async () => {
    const keys = await Promise.all([mint(), mint(), mint()])
    const answers = await Promise.all(keys.map(({ key }) => enroll(key, newHost(), { registration_name: 'race' })))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409])
  })

  test('with a new join key keeps the record of an identity that is known', async () => {
    const host = newHost()
    const first = await enroll((await mint()).key, host, { registration_name: 'moves' })
    const renamed = await enroll((await mint()).key, host, { registration_name: 'moved' })
    assert.deepEqual([renamed.body.agent_id, renamed.body.name], [first.body.agent_id, 'moved'])
  })

  test('makes no key younger that its host had before', async () => {
    const host = newHost()
    await enroll((await mint()).key, host, { registration_name: 'aged' })
    const ages = async () => {
      const { curve_key_since, signing_key_since } = (await router.call('GET', '/acme/v1/management/agents/aged')).body
      return [curve_key_since, signing_key_since].map((at: string) => Date.parse(at) - began)
    }
    const began = Date.parse((await router.call('GET', '/acme/v1/management/agents/aged')).body.enrolled_at)
    assert.deepEqual(await ages(), [0, 0])
    router.clock.shift(60_000)
    await enroll((await mint()).key, host, { registration_name: 'aged' })
    assert.deepEqual(await ages(), [0, 0])
    await enroll((await mint()).key, { ...host, curve: newHost().curve }, { registration_name: 'aged' })
    const [curve = 0, signing] = await ages()
    assert.ok(curve >= 60_000)
    assert.equal(signing, 0)
  })

  test('after deletion makes a new agent under the free name; the old key is spent', async () => {
    const { key } = await mint()
    const host = newHost()
    const first = await enroll(key, host, { registration_name: 'phoenix' })
    assert.equal((await router.call('DELETE', '/acme/v1/management/agents/phoenix')).status, 200)
    assert.equal(router.core.enrolledKeys.get(host.curve), undefined)
    refused(await enroll(key, host, { registration_name: 'phoenix' }), 401, 'join_key_consumed')
    const second = await enroll((await mint()).key, host, { registration_name: 'phoenix' })
    assert.equal(second.status, 200)
    assert.notEqual(second.body.agent_id, first.body.agent_id)
    refused(await router.call('GET', `/acme/v1/management/agents/${first.body.agent_id}`), 404, 'agent_not_found')
  })

  test('brings an agent with revoked credentials back, with a new join key only', async () => {
    const { key } = await mint()
    const host = newHost()
    const first = await enroll(key, host, { registration_name: 'suspect' })
    const path = '/acme/v1/management/agents/suspect'
    assert.equal((await router.call('POST', `${path}/revoke-credentials`)).body.health, 'suspended')
    refused(
      await router.call('POST', '/v1/enroll/refresh', { key: first.body.token }),
      401,
      'agent_credentials_revoked',
    )
    refused(await enroll(key, host, { registration_name: 'suspect' }), 401, 'join_key_consumed')
    const back = await enroll((await mint()).key, newHost(), { registration_name: 'suspect' })
    assert.deepEqual([back.status, back.body.agent_id], [200, first.body.agent_id])
    assert.equal((await router.call('GET', path)).body.state, 'pending')
    // The token of the identity before says nothing any more.
    refused(
      await router.call('POST', '/v1/enroll/refresh', { key: first.body.token }),
      401,
      'agent_credentials_revoked',
    )
  })

  test('of an agent without a version of the wire in common is refused, and its join key stays good', async () => {
    const { key } = await mint()
    const wire = (versions: string) => ({ 'x-wire-versions': versions })
    for (const [versions, words] of [
      ['1-1', 'the agent version 1: upgrade the agent.'],
      ['4-5', 'the agent versions 4 to 5: upgrade the router.'],
    ] as const) {
      const answer = await enroll(key, newHost(), {}, wire(versions))
      refused(answer, 400, 'wire_version_unsupported')
      assert.equal(answer.body.error.message, `The router speaks versions 2 to 3 of the wire, ${words}`)
    }
    const { rows } = await router.core.store.pool.query(
      "select data->>'reason' as reason from events where kind = 'join_key.refused' order by xid desc, seq desc limit 1",
    )
    assert.match(rows[0].reason, /the agent versions 4 to 5: upgrade the router/)
    for (const nonsense of ['', '2', '3-2', '0-3', '2-3-4', 'two-three', '2-99999'])
      refused(await enroll(key, newHost(), {}, wire(nonsense)), 400, 'invalid_request', 'X-Wire-Versions')
    const host = newHost()
    for (const versions of ['2-2', '1-2', '3-4', '2-3'])
      assert.equal((await enroll(key, host, { registration_name: 'versioned' }, wire(versions))).status, 200, versions)
  })

  test('that is refused is on record, within bounds', async () => {
    const { key } = await mint()
    await enroll(key, newHost())
    await Promise.all(Array.from({ length: 80 }, () => enroll(key, newHost())))
    const { rows } = await router.core.store.pool.query("select count(*) from events where kind = 'join_key.refused'")
    assert.ok(rows[0].count > 0 && rows[0].count <= 120, String(rows[0].count))
  })

  test('names the field that is wrong', async () => {
    const { key } = await mint()
    refused(await enroll(key, newHost(), { registration_name: 'no spaces' }), 400, 'invalid_body', 'registration_name')
    refused(await enroll(key, newHost(), { surprise: 1 }), 400, 'invalid_body', 'surprise')
  })
})

test('a token is refreshed with where to dial', async () => {
  const first = await enroll((await mint({ router_addr: 'tcp://router.example:5555' })).key, newHost())
  router.clock.shift(3_600_000)
  const { status, body } = await router.call('POST', '/v1/enroll/refresh', { key: first.body.token })
  assert.equal(status, 200)
  assert.equal(body.router.address, 'tcp://router.example:5555')
  assert.ok(body.token_expires_at > first.body.token_expires_at)
  assert.equal((await router.call('POST', '/v1/enroll/refresh', { key: body.token })).status, 200)
})

test('an agent that was away for longer than its token lives gets another for its identity alone', async () => {
  const host = newHost()
  const { body: first } = await enroll((await mint()).key, host, { registration_name: 'sleeper' })
  router.clock.shift(25 * 3_600_000)
  refused(await router.call('POST', '/v1/enroll/refresh', { key: first.token }), 401, 'authentication_error')
  const again = (changes: { agent_id?: string; at?: number } = {}, key = host.signing) => {
    const who = { agent_id: first.agent_id as string, at: router.clock.now(), ...changes }
    const proof = key.sign(Buffer.from(reenrollText(who))).toString('hex')
    return router.call('POST', '/v1/enroll/again', { key: null, body: { ...who, proof } })
  }
  const { status, body } = await again()
  assert.deepEqual([status, body.agent_id, body.name], [200, first.agent_id, 'sleeper'])
  assert.equal((await router.call('POST', '/v1/enroll/refresh', { key: body.token })).status, 200)

  for (const other of [
    again({}, newHost().signing),
    again({ at: router.clock.now() - 6 * 60_000 }),
    again({ at: router.clock.now() + 6 * 60_000 }),
    again({ agent_id: 'agt_00000000000000000000' }),
  ])
    refused(await other, 401, 'authentication_error')
  await router.call('POST', '/acme/v1/management/agents/sleeper/revoke-credentials')
  refused(await again(), 401, 'agent_credentials_revoked')
})
