// How an agent keeps its token good, against a real router on the same settable clock.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type EnrollOptions, keepEnrolled, loadEnrollment } from '@xerotier/link/enroll.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { enrollBare } from './bare-agent.ts'
import { until } from './faults/until.ts'
import { startRouterForTests } from './router-for-tests.ts'
import { settableClock } from './settable-clock.ts'

const hour = 3_600_000

test('a token is renewed at half of its life, and by identity when the agent was away for longer', async () => {
  const clock = settableClock()
  const system = await startRouterForTests({ clock })
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-keep-'))
  try {
    const { keys, enrollment } = await enrollBare(system.client, 'sleeper')
    const options: EnrollOptions = {
      clock,
      chance: () => 0.5,
      log: silentLog,
      keys,
      routerUrl: system.client.origin,
      registrationName: 'sleeper',
      role: 'xem',
      allowInsecure: true,
      enrollmentPath: join(folder, 'enrollment.json'),
      hostname: 'test',
      version: '0',
    }
    const renewed = (before: string) =>
      until('the token to be renewed', async () => {
        const kept = loadEnrollment(options)
        return kept !== undefined && kept.token_expires_at > before ? kept : undefined
      })
    const keeping = keepEnrolled(options, enrollment)
    await clock.leap(12 * hour + 1000)
    const second = await renewed(enrollment.token_expires_at)
    keeping.cancel()

    // Switched off for two days: what it kept has expired.
    await clock.leap(48 * hour)
    const again = keepEnrolled(options, second)
    await clock.leap(61_000)
    const third = await renewed(second.token_expires_at)
    assert.equal(third.agent_id, enrollment.agent_id)
    again.cancel()
  } finally {
    await system.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
