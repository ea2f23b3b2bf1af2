import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newAgentKeys } from '@xerotier/devkit/bare-agent.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { type EnrollOptions, ensureEnrolled, loadEnrollment } from './enroll.ts'
import { enrollmentOf } from './fixtures/enrollment.ts'

test('an enrollment that cannot be written is asked for again, and nobody says that it was the router', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-enroll-'))
  const enrollment = enrollmentOf()
  const path = join(folder, 'enrollment.json')
  let asked = 0
  const router = createServer((_, response) => {
    // What stands in its way fails the write as a full or read-only disk does.
    if (++asked === 1) mkdirSync(path)
    response.end(JSON.stringify(enrollment))
  })
  router.listen(0, '127.0.0.1')
  await once(router, 'listening')
  const clock = settableClock()
  const warnings: [unknown, string][] = []
  const options: EnrollOptions = {
    chance: () => 0.5,
    clock: {
      now: clock.now,
      monotonic: clock.monotonic,
      after(ms, callback) {
        // By the time that it asks again the way is free.
        rmdirSync(path)
        const timer = clock.after(ms, callback)
        void clock.advance(ms)
        return timer
      },
    },
    log: { ...silentLog, warning: (fields, message) => warnings.push([fields.reason, message]) },
    keys: newAgentKeys(),
    routerUrl: `http://127.0.0.1:${(router.address() as AddressInfo).port}`,
    joinKey: 'xjk_a.b.c',
    registrationName: 'a',
    role: 'xem',
    allowInsecure: true,
    enrollmentPath: path,
    hostname: 'h',
    version: '0',
  }
  assert.deepEqual(await ensureEnrolled(options), enrollment)
  assert.equal(asked, 2)
  assert.deepEqual(loadEnrollment(options), enrollment)
  assert.equal(warnings.length, 1)
  const [[reason, message]] = warnings as [[unknown, string]]
  assert.match(String(reason), /EISDIR/)
  assert.doesNotMatch(message, /router/)
  router.close()
  rmSync(folder, { recursive: true })
})
