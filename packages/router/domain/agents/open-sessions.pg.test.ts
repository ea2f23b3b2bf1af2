import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { enrollBare, manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { wireVersion } from '@xerotier/protocol/wire.ts'
import pg from 'pg'
import { findEnrolled } from './enrolled.ts'
import { type Candidate, openSessions } from './open-sessions.ts'

let system: RouterForTests
// Time stands still: no duty sends a statement of its own.
before(async () => {
  system = await startRouterForTests({ clock: settableClock(Date.now()) })
})
after(() => system.stop())

const manifest = manifestOf([toolOf('one'), toolOf('two')])
let enrolled = 0
/** CURVE public keys, by agent. */
const keys = new Map<string, { curve_public_key: string; signing_public_key: string }>()

/** Agents that have proved who they are. */
async function candidates(count: number): Promise<Candidate[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const made = await enrollBare(system.client, `xem-${enrolled++}`)
    ids.push(made.enrollment.agent_id)
    keys.set(made.enrollment.agent_id, {
      curve_public_key: made.keys.curve.publicKey,
      signing_public_key: made.keys.signing.publicKey.toString('hex'),
    })
  }
  return again(ids)
}

async function again(ids: string[]): Promise<Candidate[]> {
  const { serverKeys } = system.router.core
  const known = await findEnrolled(
    system.router.core,
    ids.map((id) => ({ agent_id: id, ...keys.get(id)! })),
  )
  return ids.map((id) => ({
    known: known.get(id)!.agent,
    standing: known.get(id)!.standing,
    signingKey: keys.get(id)!.signing_public_key,
    proof: {
      t: 'proof',
      agent_id: id,
      nonce: new Uint8Array(32),
      routing_id: new Uint8Array(5),
      curve_public_key: keys.get(id)!.curve_public_key,
      journal_id: '0'.repeat(32),
      manifest,
      in_flight: [],
      max_concurrent_executions: 10,
      lease_renewal_interval_ms: 10_000,
      hostname: 'test',
      version: '0',
    },
    connection: {
      routerKeyId: serverKeys.current.id,
      version: wireVersion,
      clockOffsetMs: undefined,
      send() {},
      drop() {},
    },
  }))
}

/** The statements that are sent meanwhile, without those of the readers of the event log. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype
  let count = 0
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string }]
    const text = typeof first === 'string' ? first : first.text
    if (!/from events|pg_snapshot|followers/.test(text)) count += 1
    return Reflect.apply(query, this, args)
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return count
}

const open = (some: Candidate[]) => openSessions(system.router.core, some)

test('sessions of thirty agents are opened with as many statements as that of one', async () => {
  const [one, thirty] = [await candidates(1), await candidates(30)]
  const forOne = await statementsOf(() => open(one))
  const forThirty = await statementsOf(() => open(thirty))
  assert.ok(forOne > 0)
  assert.equal(forThirty, forOne)
  const ids = thirty.map(({ known }) => known.id)
  const returned = await statementsOf(async () => open(await again(ids)))
  assert.ok(returned <= forOne, `${returned} for agents of which everything is known, ${forOne} for a new one`)
  const { data } = await system.client.call('agents.events', { params: { id: ids[7]! } })
  assert.deepEqual(data.map(({ kind }) => kind).reverse(), [
    'agent.enrolled',
    'agent.online',
    'agent.manifest_updated',
    'agent.online',
  ])
})

test('an agent that was suspended meanwhile has no session, and those beside it do', async () => {
  const three = await candidates(3)
  const id = three[1]!.known.id
  await system.client.call('agents.revokeCredentials', { params: { id } })
  const opened = await open(three)
  assert.deepEqual(
    three.map(({ known }) => opened.has(known.id)),
    [true, false, true],
  )
})
