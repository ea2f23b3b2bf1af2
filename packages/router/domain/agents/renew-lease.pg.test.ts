import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BareAgent, manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import type { Manifest } from '@xerotier/protocol/manifest.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { sql } from 'kysely'
import { openStore } from '../../store/database.ts'
import { renewLease } from './renew-lease.ts'

let system: RouterForTests
before(async () => {
  system = await startRouterForTests()
})
const agents: BareAgent[] = []
after(async () => {
  for (const agent of agents) agent.close()
  await system.stop()
})

const report = (name: string, error: string | null = null) => ({ name, version: '1', error, left_out: [] })

async function online(name: string) {
  const { agent, agentId } = await servingAgent(system.client, name, name, [toolOf('t_one')])
  agents.push(agent)
  const frame = (manifest: Manifest) => {
    const { manifest_hash, manifest_version } = manifest
    const common = { in_flight: [], draining: false }
    return { t: 'lease_renewal', lease_epoch: agent.leaseEpoch, manifest_hash, manifest_version, manifest, ...common }
  }
  return {
    online: () => system.router.core.fleet.get(system.projectId, agentId)!,
    frame,
    send: (manifest: Manifest) => agent.send([frame(manifest)]),
    async renew(manifest: Manifest) {
      await agent.send([frame(manifest)])
      await agent.next('lease')
    },
    /** Without the manifest. @returns what the router answers */
    async renewShort(manifest: Manifest) {
      const { manifest: _, ...short } = frame(manifest)
      await agent.send([short])
      return agent.next('lease')
    },
    show: () => system.client.call('agents.show', { params: { id: name } }),
    events: async () => {
      const { rows } = await sql<{ kind: string }>`
        select kind from events where agent_id = ${agentId} and kind like 'agent.manifest%' order by seq
      `.execute(system.router.core.store.db)
      return rows.map(({ kind }) => kind)
    },
  }
}

/** Any statement that writes the manifest of an agent fails while `work` runs. */
async function withoutManifestWrites(work: () => Promise<void>): Promise<void> {
  const { db } = system.router.core.store
  await sql`create function refuse_manifest() returns trigger language plpgsql as
    $$ begin raise exception 'no manifest is written'; end $$`.execute(db)
  await sql`create trigger refuse_manifest before update of manifest on agents
    for each row execute function refuse_manifest()`.execute(db)
  try {
    await work()
  } finally {
    await sql`drop trigger refuse_manifest on agents; drop function refuse_manifest`.execute(db)
  }
}

test('reports about bundles reach the record although version and hash stay the same, and nothing else does', async () => {
  const { renew, show, events } = await online('reports')
  const before = await show()
  const manifest = manifestOf([toolOf('t_one')])
  const bundles = [report('good'), report('bad', 'bad/bundle.yaml:1: is malformed')]
  await renew({ ...manifest, bundles, tools: [toolOf('t_other')] })
  const shown = await show()
  assert.deepEqual(shown.bundles, bundles)
  assert.deepEqual(
    shown.tools.map((tool) => tool.name),
    ['t_one'],
    'tools that the hash does not cover',
  )
  assert.equal(shown.manifest_accepted_at, before.manifest_accepted_at)
  for (const next of [[report('good'), report('bad', 'another reason')], [report('good')], []]) {
    await renew({ ...manifest, bundles: next })
    assert.deepEqual((await show()).bundles, next)
  }
  assert.deepEqual(await events(), ['agent.manifest_updated'], 'that of the first session')
})

test('a renewal in which nothing changed does not write the manifest', async () => {
  const { renew } = await online('same')
  const manifest = { ...manifestOf([toolOf('t_one')]), bundles: [report('good'), report('bad', 'reason')] }
  await renew(manifest)
  await withoutManifestWrites(async () => {
    await renew(structuredClone(manifest))
    await renew(structuredClone(manifest))
  })
})

test('a manifest that could not be stored is stored at the next renewal', async () => {
  const { send, renew, show, events } = await online('later')
  const changed = manifestOf([toolOf('t_one'), toolOf('t_two')], 2)
  await withoutManifestWrites(async () => {
    await send(changed)
    // Frames of one connection are taken in order, and the same manifest as before needs no write.
    await renew(manifestOf([toolOf('t_one')]))
  })
  assert.equal((await show()).manifest_version, 1)
  await renew(changed)
  const { manifest_version, tools } = await show()
  assert.deepEqual([manifest_version, tools.length], [2, 2])
  assert.deepEqual(await events(), ['agent.manifest_updated', 'agent.manifest_updated'])
})

test('a renewal without its manifest extends the lease and leaves tools and reports as they are', async () => {
  const { renew, renewShort, online: of, show } = await online('short')
  const manifest = { ...manifestOf([toolOf('t_one')]), bundles: [report('good')] }
  await renew(manifest)
  system.router.core.fleet.change(of(), { leaseUntil: 0 })
  await withoutManifestWrites(async () => assert.equal((await renewShort(manifest)).manifest_wanted, undefined))
  assert.ok(of().leaseUntil > system.router.core.clock.monotonic())
  const { tools, bundles } = await show()
  assert.deepEqual([tools.length, bundles], [1, [report('good')]])
})

test('a manifest that the session does not know is asked for, and one that was refused is not', async () => {
  const { renew, renewShort, show } = await online('asked')
  const changed = manifestOf([toolOf('t_one'), toolOf('t_two')], 2)
  assert.equal((await renewShort(changed)).manifest_wanted, true)
  await renew(changed)
  assert.equal((await renewShort(changed)).manifest_wanted, undefined)
  assert.equal((await show()).tools.length, 2)
  const bad = { ...manifestOf([toolOf('t_three')], 3), manifest_hash: '0'.repeat(64) }
  await renew(bad)
  assert.equal((await renewShort(bad)).manifest_wanted, undefined)
  assert.equal((await renewShort(changed)).manifest_wanted, undefined, 'what was taken before it')
})

test('reports that could not be stored are asked for at the next renewal, and what cannot be read at each', async () => {
  const { send, renew, renewShort, show } = await online('unstored')
  const manifest = { ...manifestOf([toolOf('t_one')]), bundles: [report('good')] }
  await withoutManifestWrites(async () => {
    await send(manifest)
    assert.equal((await renewShort(manifest)).manifest_wanted, true)
  })
  await renew(manifest)
  assert.deepEqual((await show()).bundles, [report('good')])
  assert.equal((await renewShort(manifest)).manifest_wanted, undefined)
  await renew({ ...manifest, bundles: [{ ...report('good'), error: 'e'.repeat(1001) }] })
  for (let renewal = 0; renewal < 2; renewal++) assert.equal((await renewShort(manifest)).manifest_wanted, true)
})

test('why a manifest is refused is said once, until it changes', async () => {
  const { renew, events } = await online('stubborn')
  const before = await events()
  const good = manifestOf([toolOf('t_one')], 2)
  const bad = { ...manifestOf([toolOf('t_two')], 2), manifest_hash: '0'.repeat(64) }
  for (const manifest of [bad, bad, bad, good, bad]) await renew(manifest)
  const kinds = (await events()).slice(before.length)
  assert.deepEqual(kinds, ['agent.manifest_refused', 'agent.manifest_updated', 'agent.manifest_refused'])
})

test('a refused manifest that comes again is not looked at again for a while', async () => {
  const agent = await online('repeating')
  const { core } = system.router
  let looks = 0
  const unlike = (version: number): Manifest => {
    const { tools, ...rest } = { ...manifestOf([toolOf('t_two')], version), manifest_hash: '0'.repeat(64) }
    return Object.defineProperty(rest as Manifest, 'tools', {
      get() {
        looks += 1
        return tools
      },
    })
  }
  const renewAfter = async (ms: number, version: number) => {
    const before = looks
    const clock = { ...core.clock, monotonic: () => core.clock.monotonic() + ms }
    const frame = agent.frame(unlike(version)) as Parameters<typeof renewLease>[3]
    await renewLease({ ...core, clock }, agent.online(), 30_000, frame)
    return looks > before
  }
  assert.equal(await renewAfter(0, 2), true)
  assert.equal(await renewAfter(1_000, 2), false)
  assert.equal(await renewAfter(590_000, 2), false)
  assert.equal(await renewAfter(590_000, 3), true)
  assert.equal(await renewAfter(1_200_000, 3), true)
})

test('while the database is away an agent keeps its session, and what it said is on record once it says it again', async (t) => {
  const agent = await online('patient')
  const { core } = system.router
  const away = openStore('postgresql://127.0.0.1:1/none', { connections: 1, clock: systemClock, onError: () => {} })
  t.after(() => away.close())
  const changed = manifestOf([toolOf('t_one'), toolOf('t_two')], 2)
  const frame = { ...agent.frame(changed), draining: true } as Parameters<typeof renewLease>[3]
  const session = agent.online()
  core.fleet.change(session, { leaseUntil: 0 })
  assert.deepEqual(await renewLease({ ...core, store: away }, session, 30_000, frame), { forget: [] })
  assert.equal(agent.online(), session)
  assert.ok(session.leaseUntil > core.clock.monotonic())
  const before = await agent.show()
  assert.deepEqual([before.manifest_version, before.state, before.health], [1, 'active', 'draining'])
  await renewLease(core, session, 30_000, frame)
  const after = await agent.show()
  assert.deepEqual([after.manifest_version, after.state], [2, 'draining'])
})
