import { currentAsker } from '@xerotier/runtime/asker.ts'
import { createShares } from '@xerotier/runtime/shares.ts'
import type { Core } from '../../../core.ts'
import { enroll } from '../../../domain/enrollment/enroll.ts'
import { reenroll } from '../../../domain/enrollment/reenroll.ts'
import { refreshEnrollment } from '../../../domain/enrollment/refresh.ts'
import { createWindow } from '../../../domain/window.ts'
import { wireVersionsOf } from '../../headers.ts'
import type { Handlers } from '../handlers.ts'

/** Refused enrollments that reach the event log; more are only logged. */
const refusalsPerMinute = 60

/** Enrollments under way: half of the connections to the database. */
const atATime = 8

export function enrollHandlers(core: Core): Pick<Handlers, 'enroll.create' | 'enroll.refresh' | 'enroll.again'> {
  const refusals = createWindow(refusalsPerMinute, 60_000)
  const turns = createShares({ width: atATime })
  const inTurn = <T>(work: () => Promise<T>) => turns.take(currentAsker(), work)
  return {
    'enroll.create': async ({ body, request }) => {
      const versions = wireVersionsOf(request)
      return inTurn(() => enroll(core, body, versions, refusals))
    },
    'enroll.refresh': ({ actor }) => inTurn(() => refreshEnrollment(core, actor)),
    'enroll.again': ({ body }) => inTurn(() => reenroll(core, body)),
  }
}
