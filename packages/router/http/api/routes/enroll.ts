import { createTurns } from '@xerotier/runtime/turns.ts'
import type { Core } from '../../../core.ts'
import { enroll } from '../../../domain/enrollment/enroll.ts'
import { reenroll } from '../../../domain/enrollment/reenroll.ts'
import { refreshEnrollment } from '../../../domain/enrollment/refresh.ts'
import { createWindow } from '../../../domain/window.ts'
import type { Handlers } from '../handlers.ts'

/** Refused enrollments that reach the event log; more are only logged. */
const refusalsPerMinute = 60

/** Enrollments under way: half of the connections to the database. */
const atATime = 8

export function enrollHandlers(core: Core): Pick<Handlers, 'enroll.create' | 'enroll.refresh' | 'enroll.again'> {
  const refusals = createWindow(refusalsPerMinute, 60_000)
  const turns = createTurns(atATime)
  return {
    'enroll.create': ({ body }) => turns.take(() => enroll(core, body, refusals)),
    'enroll.refresh': ({ actor }) => turns.take(() => refreshEnrollment(core, actor)),
    'enroll.again': ({ body }) => turns.take(() => reenroll(core, body)),
  }
}
