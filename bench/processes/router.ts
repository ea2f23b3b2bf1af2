#!/usr/bin/env -S node --max-semi-space-size=16
// The router as it ships, with marks between its parts:
// what `main.ts` starts, and nothing of it changed.
import { join } from 'node:path'
import type { Core } from '@xerotier/router/core.ts'
import { startRouter } from '@xerotier/router/router.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { runProcess } from '@xerotier/runtime/process.ts'
import { Router } from 'zeromq'
import { markInto, monotonicMs } from './marks.ts'

const env = process.env as Record<string, string>
const stateDir = env.XEROTIER_STATE_DIR!
const { mark } = markInto(env.XEROTIER_BENCH_MARKS!)

function instrument(core: Core): void {
  const { keyring, fleet, calls } = core
  // The key has no execution id yet: with one call in
  // flight the last key that was found is this call's.
  let authenticated = 0
  core.keyring = {
    ...keyring,
    find(value) {
      const found = keyring.find(value)
      authenticated = monotonicMs()
      return found
    },
  }
  const { commit } = core.lanes
  core.lanes.commit = async (part, item) => {
    if (part === 'submit') mark('authenticated', item.id, authenticated)
    mark(`${part} begins`, item.id)
    const written = await commit(part, item)
    mark(`${part} is durable`, item.id)
    return written
  }
  core.fleet = {
    ...fleet,
    join(agent) {
      const { send } = agent
      agent.send = (frame) => {
        send(frame)
        if (frame.t === 'dispatch') mark('dispatch queued', frame.execution_id)
      }
      fleet.join(agent)
    },
  }
  core.calls = Object.create(calls, {
    settled: {
      value: (row: { id: string }) => {
        mark('waiter told', row.id)
        calls.settled(row as never)
      },
    },
  }) as typeof calls
}

const { send } = Router.prototype
Object.defineProperty(Router.prototype, 'send', {
  value: function (this: Router, ...message: Parameters<Router['send']>) {
    mark('message to the agent', '')
    return send.apply(this, message)
  },
})

const log = createLog({ level: 'info', name: 'xerotier-router' })
void runProcess(log, async () => {
  const router = await startRouter({
    clock: systemClock,
    log,
    stateDir,
    http: {
      host: '127.0.0.1',
      port: 0,
      requestsPerMinutePerKey: Number(env.XEROTIER_REQUESTS_PER_MINUTE),
      publicRequestsPerMinute: Number(env.XEROTIER_PUBLIC_REQUESTS_PER_MINUTE),
    },
    dataPlane: { address: env.XEROTIER_DATA_PLANE! },
    bootstrap: {
      slug: env.XEROTIER_BOOTSTRAP_PROJECT!,
      keyFile: env.XEROTIER_BOOTSTRAP_KEY_FILE ?? join(stateDir, 'api-key'),
      allowSelfApproval: true,
      owner: 'owner@localhost',
    },
    instrument,
  })
  return { stop: () => router.stop() }
})
