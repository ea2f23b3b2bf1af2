// A password that was forgotten. Whoever asks is answered the same, at once, whether or not there
// is such an account.
import { resetAskSchema, resetSchema } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyInstance } from 'fastify'
import type { Core } from '../../core.ts'
import { mailReset } from '../../domain/notifications/reset.ts'
import { emailKey } from '../../domain/people/email.ts'
import { resetPassword } from '../../domain/sessions/password-reset.ts'
import { createWindows } from '../../domain/window.ts'
import { refuseOtherSites } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import type { LimitLogin } from './login-limits.ts'

const bodyLimit = 4 * 1024
const hourMs = 3_600_000

export function addResetRoutes(scope: FastifyInstance, core: Core, limitLogin: LimitLogin): void {
  const windows = createWindows()

  scope.post('/ops/api/password/reset', { config: { id: 'ops.askForReset' }, bodyLimit }, async (request) => {
    refuseOtherSites(request)
    const { email } = bodyOf(resetAskSchema, request)
    limitLogin(addressOf(request))
    if (!core.settings.mail) throw new Fault('not_found', { message: 'This router sends no mail.' })
    const window = windows(emailKey(email), limits.passwordResetsPerHour, hourMs)
    // Not waited for: how long it takes would tell.
    if (window.take(core.clock.monotonic()) === 0)
      void mailReset(core, email).catch((error) => core.log.error({ error }, 'a mail for a password was not written'))
    return { object: 'password_reset', asked: true }
  })

  scope.post('/ops/api/password/reset/confirm', { config: { id: 'ops.reset' }, bodyLimit }, async (request) => {
    refuseOtherSites(request)
    const reset = bodyOf(resetSchema, request)
    limitLogin(addressOf(request))
    await resetPassword(core, reset)
    return { object: 'password', changed: true }
  })
}
