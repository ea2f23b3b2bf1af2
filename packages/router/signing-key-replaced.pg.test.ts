// The key that signs tokens and join keys is replaced by renaming its file: what it signed is good
// until the renamed file is removed.
import assert from 'node:assert/strict'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { enrollBare } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

let router: RouterForTests
before(async () => {
  router = await startRouterForTests()
})
after(() => router.stop())

const path = () => join(router.stateDir, 'keys', 'router-signing-key.hex')
const refresh = (token: string) =>
  fetch(new URL('/v1/enroll/refresh', router.client.origin), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })

test('tokens, join keys and grants of the key before are good while its renamed file is there', async () => {
  const { enrollment } = await enrollBare(router.client, 'before')
  const unused = await router.client.call('joinKeys.create', { body: { name: 'unused', region: 'eu' } })
  const grants = await router.client.call('grantKeys.show')
  await router.router.stop()
  renameSync(path(), `${path()}.previous`)
  await router.restart()
  const answer = await refresh(enrollment.token)
  assert.equal(answer.status, 200)
  const renewed = (await answer.json()) as { token: string; router: { signing_public_key: string } }
  assert.equal(renewed.router.signing_public_key, enrollment.router.signing_public_key, 'grants are signed as before')
  assert.deepEqual(await router.client.call('grantKeys.show'), grants)
  const { enrollment: other } = await enrollBare(router.client, 'unused', undefined, unused.key)
  assert.equal(other.name, 'unused')

  const late = await router.client.call('joinKeys.create', { body: { name: 'late', region: 'eu' } })
  await router.client.call('grantKeys.rotate', { body: { reason: 'drill' } })
  await router.router.stop()
  rmSync(`${path()}.previous`)
  await router.restart()
  assert.equal((await refresh(enrollment.token)).status, 401)
  assert.equal((await refresh(renewed.token)).status, 200)
  assert.equal((await enrollBare(router.client, 'late', undefined, late.key)).enrollment.name, 'late')
})
