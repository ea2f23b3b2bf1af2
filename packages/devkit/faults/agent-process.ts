// An agent that dies at a chosen step of a call.

import type { Outbox } from '@xerotier/link/outbox.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { startAgent } from '@xerotier/xem-agent/agent.ts'
import { loadAgentConfig, options } from '@xerotier/xem-agent/config.ts'
import { die } from './die.ts'

/**
 * The agent dies when it has: received the dispatch; recorded the start; the result; sent the
 * result and written it to disk; the acknowledgement. The test itself kills it during the run.
 */
export type AgentStep = 'before-begin' | 'after-begin' | 'before-settle' | 'after-persist' | 'before-acknowledge'

const step = process.env.XEROTIER_FAULT_STEP as AgentStep | undefined

function instrument({ outbox }: { outbox: Outbox }): void {
  const { begin, settle, persist, acknowledge } = outbox
  outbox.begin = (calls) => {
    if (step === 'before-begin') die()
    const known = begin(calls)
    if (step === 'after-begin') die()
    return known
  }
  outbox.settle = (result, how) => {
    if (step === 'before-settle') die()
    settle(result, how)
  }
  outbox.persist = (results) => {
    persist(results)
    if (step === 'after-persist') die()
  }
  outbox.acknowledge = (call) => {
    if (step === 'before-acknowledge') die()
    acknowledge(call)
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
})
