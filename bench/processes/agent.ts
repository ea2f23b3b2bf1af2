#!/usr/bin/env node
// The agent as it ships, with marks around its outbox, through which every call goes.
import type { Outbox } from '@xerotier/link/outbox.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { runProcess } from '@xerotier/runtime/process.ts'
import { startAgent } from '@xerotier/xem-agent/agent.ts'
import { loadAgentConfig, options } from '@xerotier/xem-agent/config.ts'
import { Dealer } from 'zeromq'
import { markInto } from './marks.ts'

const { XEROTIER_BENCH_MARKS: marksFile, ...env } = process.env
const { mark } = markInto(marksFile!)

function instrument({ outbox }: { outbox: Outbox }): void {
  const { has, settle } = outbox
  outbox.has = (call) => {
    mark('dispatch received', call.execution_id)
    return has(call)
  }
  outbox.settle = (result, how) => {
    mark('result known', result.execution_id)
    settle(result, how)
  }
}

const { send } = Dealer.prototype
Object.defineProperty(Dealer.prototype, 'send', {
  value: function (this: Dealer, ...message: Parameters<Dealer['send']>) {
    mark('message to the router', '')
    return send.apply(this, message)
  },
})

const log = createLog({ level: 'info', name: 'xerotier-xem-agent' })
const { values: config } = loadAgentConfig(parseFlags(options, []), env)
void runProcess(log, (aborted) =>
  startAgent({ config, clock: systemClock, log, version: '0', hostEnv: env, aborted, instrument }),
)
