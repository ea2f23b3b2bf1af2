// An agent that dies at a chosen step of a call, or of a rotation of one of its keys.

import type { Credentials } from '@xerotier/link/credentials/credentials.ts'
import type { Outbox } from '@xerotier/link/outbox.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { startAgent } from '@xerotier/xem-agent/agent.ts'
import { loadAgentConfig, options } from '@xerotier/xem-agent/config.ts'
import { die } from './die.ts'
import { triggerIn } from './trigger.ts'

/**
 * The agent dies when it has: received the dispatch; recorded the start; the result; sent the
 * result and written it to disk; the acknowledgement. The test itself kills it during the run.
 */
export type AgentStep = 'before-begin' | 'after-begin' | 'before-settle' | 'after-persist' | 'before-acknowledge'

/** In their order. */
const keySteps = [
  'no key made yet',
  'key kept, router not told',
  'acceptance not kept',
  'acceptance kept, not dialled',
  'new key in use, not in its place',
  'new key in its place',
] as const
export type KeyStep = (typeof keySteps)[number]

const trigger = triggerIn<AgentStep | KeyStep>(process.env.XEROTIER_FAULT_TRIGGER ?? '')

/**
 * It dies at that step of a call that ends after it was armed: what is left of earlier ones passes.
 */
function instrument({ outbox }: { outbox: Outbox }): void {
  const { begin, settle, persist, acknowledge } = outbox
  const earlier = new Set([...outbox.pending(), ...outbox.interrupted()].map((call) => call.execution_id))
  const dieAt = (step: AgentStep, calls: readonly { execution_id: string }[]) => {
    if (trigger.armed() === step && calls.some((call) => !earlier.has(call.execution_id))) die()
  }
  outbox.begin = (calls) => {
    dieAt('before-begin', calls)
    const known = begin(calls)
    dieAt('after-begin', calls)
    return known
  }
  outbox.settle = (result, how) => {
    if (trigger.armed() === undefined) earlier.add(result.execution_id)
    dieAt('before-settle', [result])
    settle(result, how)
  }
  outbox.persist = (results) => {
    persist(results)
    dieAt('after-persist', results)
  }
  outbox.acknowledge = (call) => {
    dieAt('before-acknowledge', [call])
    acknowledge(call)
  }
}

function instrumentKeys(credentials: Credentials): void {
  const { prepare, accepted, commit } = credentials
  const dieAt = (step: KeyStep) => {
    if (trigger.armed() === step) die()
  }
  credentials.prepare = (frame) => {
    dieAt('no key made yet')
    const answer = prepare(frame)
    dieAt('key kept, router not told')
    return answer
  }
  credentials.accepted = (rotationId) => {
    dieAt('acceptance not kept')
    const is = accepted(rotationId)
    dieAt('acceptance kept, not dialled')
    return is
  }
  credentials.commit = () => {
    dieAt('new key in use, not in its place')
    const use = commit()
    dieAt('new key in its place')
    return use
  }
}

const { values } = loadAgentConfig(parseFlags(options, []), process.env)
await startAgent({
  config: values,
  clock: systemClock,
  log: createLog({ level: (process.env.XEROTIER_FAULT_LOG as 'debug') ?? 'error', name: 'agent' }),
  version: '0.0.0',
  hostEnv: { PATH: process.env.PATH },
  instrument,
  instrumentKeys,
})
