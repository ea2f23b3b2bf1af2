// A router that dies at a chosen step. Settings come as JSON in
// the environment, so that nothing stands in a process list.
import type { Core } from '@xerotier/router/core.ts'
import { reencrypt } from '@xerotier/router/domain/key-rotation/reencrypt.ts'
import { startRouter } from '@xerotier/router/router.ts'
import type { PartName } from '@xerotier/router/store/lanes/parts.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { die } from './die.ts'
import { type ArchivingStep, markArchiving } from './dies-archiving.ts'
import { type KeyStep, keyStatements } from './dies-changing-keys.ts'
import { markRotation, type RotationStep } from './dies-rotating.ts'
import { markStatements } from './dies-writing.ts'
import { triggerIn } from './trigger.ts'

/**
 * Where it dies: a call is committed and not sent; its result
 * arrived and is not stored; it is stored and not acknowledged; or in a rotation, an export or a
 * seal, or while a key takes the place of another.
 */
export type RouterStep = 'before-dispatch' | 'before-settle' | 'after-settle' | RotationStep | ArchivingStep | KeyStep

export interface RouterProcessSettings {
  databaseUrl: string
  stateDir: string
  httpPort: number
  dataPlane: string
  /** Where it listens under a second key; default: the next port. */
  alternate?: string
  /** How long a key counts beside the one that took its place. */
  keyOverlapMs?: number
  /** Keys of the database, hex, the one that encrypts first; default: one of its own. */
  encryptionKeys?: string[]
  /** Encrypts anew as it starts, one after the other, rather than in a minute. */
  reencrypts?: boolean
  /** Holds the step at which it is to die, once it is. */
  trigger: string
}

const settings = JSON.parse(process.env.XEROTIER_FAULT_SETTINGS ?? '') as RouterProcessSettings

const trigger = triggerIn<RouterStep>(settings.trigger)
const dieAt = (step: RouterStep) => {
  if (trigger.armed() === step) die()
}

const settlePart: PartName = 'settle'

markStatements(keyStatements, dieAt)

function instrument(core: Core): void {
  markRotation(core, dieAt)
  markArchiving(core, settings.stateDir, dieAt)
  if (settings.reencrypts) setImmediate(() => void reencrypt(core, 1).catch(() => {}))
  const { lanes } = core
  const { send } = core.dispatcher
  core.dispatcher.send = (row) => {
    dieAt('before-dispatch')
    send(row)
  }
  core.lanes = {
    get depth() {
      return lanes.depth
    },
    get outputDepth() {
      return lanes.outputDepth
    },
    close: () => lanes.close(),
    async commit(part, item) {
      const settles: boolean = settlePart === part
      if (settles) dieAt('before-settle')
      const written = await lanes.commit(part, item)
      if (settles) dieAt('after-settle')
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
  dataPlane: { address: settings.dataPlane, alternate: settings.alternate },
  bootstrap: {
    slug: 'demo',
    keyFile: `${settings.stateDir}/api-key`,
    allowSelfApproval: true,
    owner: 'owner@localhost',
  },
  // Tests that kill it renew soon, and a lease lasts while a busy machine is late.
  settings: {
    leaseIntervals: 200,
    rotationMs: 600_000,
    ...(settings.keyOverlapMs === undefined ? {} : { keyOverlapMs: settings.keyOverlapMs }),
  },
  ...(settings.encryptionKeys === undefined
    ? {}
    : { encryptionKeys: settings.encryptionKeys.map((key) => Buffer.from(key, 'hex')) }),
  instrument,
})
process.stdout.write(`${JSON.stringify({ url: router.url, dataPlane: router.dataPlane })}\n`)
