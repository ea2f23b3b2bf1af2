import type { Core } from '../../../core.ts'
import { enroll } from '../../../domain/enrollment/enroll.ts'
import { reenroll } from '../../../domain/enrollment/reenroll.ts'
import { refreshEnrollment } from '../../../domain/enrollment/refresh.ts'
import { createWindow } from '../../../domain/window.ts'
import type { Handlers } from '../handlers.ts'

/** Refused enrollments that reach the event log; more are only logged. */
const refusalsPerMinute = 60

export function enrollHandlers(core: Core): Pick<Handlers, 'enroll.create' | 'enroll.refresh' | 'enroll.again'> {
  const refusals = createWindow(refusalsPerMinute, 60_000)
  return {
    'enroll.create': ({ body }) => enroll(core, body, refusals),
    'enroll.refresh': ({ actor }) => refreshEnrollment(core, actor),
    'enroll.again': ({ body }) => reenroll(core, body),
  }
}
