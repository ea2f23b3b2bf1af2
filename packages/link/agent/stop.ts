// How an agent ends: it takes nothing new, lets its calls end, hands over what it has, and closes.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Link } from '../link.ts'
import type { Outbox } from '../outbox.ts'
import { within } from './within.ts'
import type { Work } from './work.ts'

export interface StopParts {
  clock: Clock
  log: Log
  /** How long running calls have before they are ended, ms. */
  graceMs: number
  work: Work
  link: Pick<Link, 'drain' | 'close'>
  outbox: Outbox
  /** Gives up what the agent does beside its calls. */
  begin(): void
  /** The last reload, given up or done. */
  reloaded(): Promise<void>
  /** The rest of the agent. */
  close(): Promise<unknown>
}

/** How long calls that were ended may take to be gone. */
const endMs = 5000
/** How long the last results may take to reach the router. */
const handOverMs = 5000

/** @returns stops the agent. It throws at its end when results are lost. */
export function createStop(parts: StopParts): (reason: string) => Promise<void> {
  const { clock, log, work, link, outbox } = parts

  async function drain(): Promise<void> {
    work.drain()
    link.drain()
    parts.begin()
    await parts.reloaded().catch(() => {})
    await within(clock, parts.graceMs, work.idle())
    for (const { execution_id } of work.running())
      log.warning({ execution_id }, 'call did not end within the grace; it is killed')
    work.interrupt()
    await within(clock, endMs, work.idle())
  }

  /** @returns why results are lost, or undefined */
  function save(): Error | undefined {
    try {
      outbox.flush()
      return undefined
    } catch (cause) {
      const message = 'results are neither with the router nor on disk: these calls are run again, or ambiguous'
      return new Error(message, { cause })
    }
  }

  return async (reason) => {
    log.notice({ reason, running: work.running().length }, 'draining')
    await drain()
    await link.close(reason, handOverMs)
    const lost = save()
    outbox.close()
    await Promise.all([work.close(), parts.close()])
    if (lost !== undefined) throw lost
    log.notice({ reason }, 'stopped')
  }
}
