import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newAgentKeys } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { ensureEnrolled } from './enroll.ts'

let router: RouterForTests
const folder = mkdtempSync(join(tmpdir(), 'xerotier-enroll-'))
before(async () => {
  router = await startRouterForTests()
})
after(async () => {
  await router.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** An agent that enrolls with a key which wants approval; its waits take no time. */
async function applying(name: string) {
  const { client } = router
  const { key } = await client.call('joinKeys.create', { body: { name, region: 'eu', require_approval: true } })
  const keys = newAgentKeys()
  const waits: number[] = []
  const clock = {
    ...systemClock,
    after(ms: number, then: () => void) {
      waits.push(ms)
      return systemClock.after(20, then)
    },
  }
  const enrolling = ensureEnrolled({
    ...{ clock, chance: () => 0.5, log: silentLog, keys, routerUrl: client.origin, joinKey: key },
    ...{ registrationName: name, role: 'xem' as const, allowInsecure: true },
    ...{ enrollmentPath: join(folder, name), hostname: 'host', version: '0' },
  })
  const candidate = await until('it to ask', async () => {
    const { data } = await client.call('candidates.list', { query: {} })
    return data.find((one) => one.key_id === keys.signing.keyId)
  })
  return { enrolling, waits, candidate }
}

test('an agent that needs approval asks every few seconds, and enrolls when it is given', async () => {
  const { enrolling, waits, candidate } = await applying('patient')
  await until('it to have asked often', async () => (waits.length > 8 ? true : undefined))
  assert.deepEqual(new Set(waits), new Set([5_500]))
  await router.client.call('candidates.approve', { params: { id: candidate.id }, body: {} })
  assert.equal((await enrolling).name, 'patient')
})

test('an agent that is rejected gives up', async () => {
  const { enrolling, candidate } = await applying('rejected')
  const refused = assert.rejects(enrolling, { code: 'enrollment_rejected', retry: false })
  await router.client.call('candidates.reject', { params: { id: candidate.id }, body: {} })
  await refused
})
