// Whether this host lets the agent start anything at all. One that cannot says why and takes no
// calls: others may, and an operator sees it before a call does.
import { closeSync, mkdtempSync, openSync, rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf, messageOf } from '@xerotier/protocol/thrown.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { every } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'

/** Nothing started, and nothing would for any other call. */
export class HostUnfit extends Error {}

export interface Fitness {
  /** What is wrong with the host; undefined when nothing is. */
  flaw(): string | undefined
  /** Looks now. */
  look(): void
  close(): void
}

/** How often it looks by itself. */
export const lookMs = 5000
/** A program takes its pipes, and what Node needs to start it. */
const descriptorsNeeded = 16

export function createFitness(folder: string, { clock, log }: { clock: Clock; log: Log }): Fitness {
  let flaw: string | undefined
  const look = () => {
    const before = flaw
    flaw = flawOf(folder)
    if (flaw !== undefined && flaw !== before) log.error({ reason: flaw }, 'the host is not fit to run calls')
    if (flaw === undefined && before !== undefined) log.notice({}, 'the host is fit to run calls again')
  }
  look()
  const timer = every(clock, lookMs, look)
  return { flaw: () => flaw, look, close: () => timer.cancel() }
}

function flawOf(folder: string): string | undefined {
  const above = dirname(folder)
  try {
    rmdirSync(mkdtempSync(join(above, '.xem-probe-')))
  } catch (error) {
    return `no folder can be made in ${above} (${codeOf(error) ?? messageOf(error)})`
  }
  const opened: number[] = []
  try {
    while (opened.length < descriptorsNeeded) opened.push(openSync('/dev/null', 'r'))
    return undefined
  } catch (error) {
    return `too few file descriptors are left (${codeOf(error) ?? messageOf(error)})`
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

/** Errors of a start that say nothing of the program. */
export function isOfHost(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'].includes(codeOf(error) ?? '')
}
