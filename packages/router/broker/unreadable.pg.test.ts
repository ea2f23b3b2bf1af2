// A proof or a renewal that does not fit its schema: its agent hears why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manifestOf, newAgentKeys, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { enrolled, ownRouter, renewal, resultOf, serving, stillServes, submit, withDatabase } from './wire.fixture.ts'

ownRouter()

const many = Array.from({ length: limits.toolsPerManifest + 1 }, (_, number) => toolOf(`t_${number}`))
const wrong: [what: string, tools: ReturnType<typeof toolOf>[], fault: RegExp][] = [
  ['a tool name with a dot', [toolOf('t_read'), toolOf('ns.tool')], /^manifest\.tools\.1\.name: /],
  [
    'a description too long',
    [toolOf('t', { description: 'd'.repeat(2001) })],
    /^manifest\.tools\.0\.description \(tool t\): /,
  ],
  ['a domain too long', [toolOf('t', { domain: 'd'.repeat(65) })], /^manifest\.tools\.0\.domain \(tool t\): /],
  ['a tool too many', many, /^manifest\.tools: .*4096/],
]

for (const [what, tools, fault] of wrong) {
  test(`${what}: a proof is refused with the path, and in a renewal the manifest before stays`, async () => {
    const { agent } = await enrolled()
    const refused = await agent.offer({ manifest: manifestOf(tools) })
    assert.equal(refused.t === 'session_refused' && refused.code, 'manifest_invalid')
    assert.match((refused as { message: string }).message, fault)

    const { agent: online, workspace, enrollment } = await serving()
    for (let count = 0; count < 2; count++) {
      await online.send([renewal(online, [], tools)])
      await online.next('lease')
    }
    const waiting = submit(workspace, 't_read', 60)
    await online.send([resultOf(await online.next('dispatch'))])
    assert.equal((await waiting).state, 'completed')
    await withDatabase(async (db) => {
      const { rows } = await db.query(
        `select data->>'reason' as reason from events where agent_id = $1 and kind = 'agent.manifest_refused'`,
        [enrollment.agent_id],
      )
      assert.equal(rows.length, 1)
      assert.match(rows[0].reason, fault)
    })
  })
}

test('a proof that does not fit elsewhere is refused with the path too, but only to whom it is signed by', async () => {
  const { agent } = await enrolled()
  const changes = { hostname: 'h'.repeat(256) }
  const refused = await agent.offer(changes)
  assert.equal(refused.t === 'session_refused' && refused.code, 'manifest_invalid')
  assert.match((refused as { message: string }).message, /^hostname: /)
  const stranger = await agent.offer(changes, newAgentKeys())
  assert.equal(stranger.t === 'session_refused' && stranger.code, 'signature_invalid')
  await agent.open()
})

test('a manifest that is nothing at all stops nobody', async () => {
  for (const manifest of [null, 7, { tools: 7 }, { tools: [null] }]) {
    const { agent } = await enrolled()
    assert.equal((await agent.offer({ manifest })).t, 'session_refused')
    const { agent: online } = await serving()
    await online.send([{ ...renewal(online), manifest }])
    await online.next('lease')
  }
  await stillServes()
})
