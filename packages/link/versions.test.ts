// Routers of other versions of the wire, as an agent finds them.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { ourVersions, wireVersion } from '@xerotier/protocol/wire.ts'
import { bindingsOf, boundBy, type Scripted, scripted, sessionOf, welcomeOf } from './fixtures/scripted-router.ts'

let script: Scripted
beforeEach(async () => {
  script = await scripted()
})
afterEach(() => script.close())

test('a hello is in the oldest version that the agent speaks, and names all of them', async () => {
  const hello = await script.next('hello')
  assert.deepEqual([script.versions, hello.versions], [[ourVersions.oldest], ourVersions])
})

for (const version of [ourVersions.oldest, wireVersion])
  test(`challenged in version ${version}, the agent proves and works in it`, async () => {
    await script.challenge(version)
    await script.say([welcomeOf(sessionOf(0))], { s: sessionOf(0) })
    await script.until('online', () => script.told.find(([name]) => name === 'online'))
    script.link.manifestChanged()
    await script.next('lease_renewal')
    assert.deepEqual(script.versions, [ourVersions.oldest, version, version])
    const other = version === wireVersion ? ourVersions.oldest : wireVersion
    await script.say([bindingsOf('of-another-version')], { v: other })
    await script.sayAndSee([bindingsOf('ours')])
    assert.deepEqual(boundBy(script), ['ours'])
  })

test('a welcome in another version than that of the challenge begins nothing', async () => {
  await script.challenge(ourVersions.oldest)
  await script.say([welcomeOf(sessionOf(0))], { s: sessionOf(0), v: wireVersion })
  await script.say([welcomeOf(sessionOf(0)), bindingsOf('behind-the-welcome')], { s: sessionOf(0) })
  await script.until('its bindings', () => (boundBy(script).length > 0 ? true : undefined))
  assert.equal(script.told.filter(([name]) => name === 'online').length, 1)
})

for (const version of [ourVersions.oldest - 1, wireVersion + 1])
  test(`challenged in version ${version}, which it does not speak, the agent dials again slowly`, async () => {
    await script.next('hello')
    await script.say([{ t: 'challenge', nonce: new Uint8Array(32), routing_id: new Uint8Array(5) }], {
      v: version,
      s: '',
      n: 0,
    })
    assert.equal(await script.redial(), 15_000)
  })

test('a refusal is read in whatever version it comes', async () => {
  await script.next('hello')
  const frame = { t: 'session_refused', code: 'version_unsupported', message: 'upgrade the agent' } as const
  await script.say([frame], { v: wireVersion + 6, s: '', n: 0 })
  assert.equal(await script.redial(), 15_000)
})
