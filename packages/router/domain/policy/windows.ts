// Times in which calls may run, or may not. Wall-clock times of a named zone, whose clocks change;
// how long a window lasts is real time.
import type { WindowTimes } from '@xerotier/protocol/policy.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { Cron } from 'croner'

/** Times of one time zone. All in milliseconds since 1970. */
export interface Times {
  includes(at: number): boolean
  /** When the span that holds `at` ends; `at` itself where none holds it. */
  endOf(at: number): number
  /** The next beginning after `at`; undefined when there is none. */
  nextAfter(at: number): number | undefined
}

interface Span {
  /** The latest span that has begun at this time. */
  latest(at: number): { from: number; until: number } | undefined
  next(at: number): number | undefined
}

/** @throws Error that says what is wrong: the pattern, the zone, an end before its beginning */
export function compileTimes(times: readonly WindowTimes[], timeZone: string): Times {
  const spans = times.map((one) => ('cron' in one ? recurring(one.cron, one.seconds, timeZone) : once(one, timeZone)))
  const endIn = (span: Span, at: number) => {
    const latest = span.latest(at)
    return latest !== undefined && at < latest.until ? latest.until : undefined
  }
  /** A span may begin in another, and go on after it. */
  const endOf = (at: number): number => {
    const ends = spans.map((span) => endIn(span, at)).filter((end) => end !== undefined)
    return Math.max(at, ...ends)
  }
  return {
    includes: (at) => spans.some((span) => endIn(span, at) !== undefined),
    endOf(at) {
      let end = endOf(at)
      // Bounded: spans that follow each other without a gap would go on for ever.
      for (let further = endOf(end), steps = 0; further > end && steps < 100; further = endOf(end), steps++)
        end = further
      return end
    },
    nextAfter(at) {
      const begins = spans.map((span) => span.next(at)).filter((begin) => begin !== undefined)
      return begins.length === 0 ? undefined : Math.min(...begins)
    },
  }
}

function recurring(pattern: string, seconds: number, timeZone: string): Span {
  if (pattern.trim().split(/\s+/).length !== 5) throw new Error(`the pattern ${pattern} has not five parts`)
  const cron = cronOf(pattern, timeZone)
  return {
    latest(at) {
      // The runs before a time, without one at that very millisecond.
      const [from] = cron.previousRuns(1, new Date(at + 1))
      return from === undefined ? undefined : { from: from.getTime(), until: from.getTime() + seconds * 1000 }
    },
    next: (at) => cron.nextRun(new Date(at))?.getTime(),
  }
}

function once({ from, until }: { from: string; until: string }, timeZone: string): Span {
  const span = { from: instantOf(from, timeZone), until: instantOf(until, timeZone) }
  if (span.until <= span.from) throw new Error(`ends at ${until}, which is not after ${from}`)
  return {
    latest: (at) => (at >= span.from ? span : undefined),
    next: (at) => (span.from > at ? span.from : undefined),
  }
}

/**
 * A local time in a zone. One that the clocks leave out is as long after the gap, and of one that
 * they repeat the first is meant.
 */
function instantOf(local: string, timeZone: string): number {
  const whole = local.length === 16 ? `${local}:00` : local
  const at = cronOf(whole, timeZone).nextRun(new Date(0))
  if (at === null) throw new Error(`${local} is no time`)
  return at.getTime()
}

function cronOf(pattern: string, timeZone: string): Cron {
  // Without it, a zone that nobody knows is found out at the first use.
  mustKnowZone(timeZone)
  try {
    return new Cron(pattern, { timezone: timeZone, paused: true })
  } catch (error) {
    throw new Error(messageOf(error).replace(/^CronPattern: /, ''))
  }
}

/** @throws Error */
export function mustKnowZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new Error(`the time zone ${timeZone} is not known`)
  }
}
