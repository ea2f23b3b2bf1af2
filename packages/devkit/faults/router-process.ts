// A router that dies at a chosen step. Settings come as JSON in
// the environment, so that nothing stands in a process list.
import type { Core } from '@xerotier/router/core.ts'
import { startRouter } from '@xerotier/router/router.ts'
import type { PartName } from '@xerotier/router/store/lanes/parts.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { die } from './die.ts'

/**
 * Where it dies: a call is committed and not sent; its result
 * arrived and is not stored; it is stored and not acknowledged.
 */
export type RouterStep = 'before-dispatch' | 'before-settle' | 'after-settle'

export interface RouterProcessSettings {
  databaseUrl: string
  stateDir: string
  httpPort: number
  dataPlane: string
  dieAt: RouterStep | null
}

const settings = JSON.parse(process.env.XEROTIER_FAULT_SETTINGS ?? '') as RouterProcessSettings

function instrument(core: Core): void {
  if (settings.dieAt === 'before-dispatch') core.dispatcher.send = die
  if (settings.dieAt !== 'before-settle' && settings.dieAt !== 'after-settle') return
  const { lanes } = core
  core.lanes = {
    get depth() {
      return lanes.depth
    },
    close: () => lanes.close(),
    async commit(part, item) {
      const here = (part as PartName) === 'settle'
      if (here && settings.dieAt === 'before-settle') die()
      const written = await lanes.commit(part, item)
      if (here) die()
      return written
    },
  }
}

const router = await startRouter({
  clock: systemClock,
  log: createLog({ level: 'error', name: 'router' }),
  stateDir: settings.stateDir,
  databaseUrl: settings.databaseUrl,
  http: { host: '127.0.0.1', port: settings.httpPort },
  dataPlane: { address: settings.dataPlane },
  settings: { lostReadGraceMs: 500, lostAgentGraceMs: 3_000 },
  bootstrap: { slug: 'demo', keyFile: `${settings.stateDir}/api-key`, allowSelfApproval: true },
  instrument,
})
process.stdout.write(`${JSON.stringify({ url: router.url, dataPlane: router.dataPlane })}\n`)
