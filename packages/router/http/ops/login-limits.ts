// How often somebody may try. An account from one address, so that nobody locks its owner out from
// another; an address over all accounts; and an account over all addresses, ten times as often.
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { emailKey } from '../../domain/people/email.ts'
import { createWindows } from '../../domain/window.ts'

const windowMs = 15 * 60_000

/** Counts one attempt. @throws Fault rate_limit_exceeded */
export type LimitLogin = (address: string, email?: string) => void

export function limitLogins(clock: Clock): LimitLogin {
  const windows = createWindows()
  return (address, email) => {
    const counted = [windows(`from ${address}`, limits.loginsPerAddress, windowMs)]
    if (email !== undefined) {
      const account = emailKey(email)
      counted.push(windows(`${account} from ${address}`, limits.loginsPerAccountAndAddress, windowMs))
      counted.push(windows(`${account}`, limits.loginsPerAccount, windowMs))
    }
    for (const window of counted) {
      const waitMs = window.take(clock.monotonic())
      if (waitMs === 0) continue
      const message = 'Too many attempts to log in.'
      throw new Fault('rate_limit_exceeded', { message, retryAfter: Math.ceil(waitMs / 1000) })
    }
  }
}
